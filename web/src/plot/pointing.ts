/** What the pointer does to the plot: decodes, pins, moves the view, selects. */
import type { Explorer } from '../explorer/explorer'
import type { PathEnd } from '../explorer/state'
import { pixelsPerUnit, projected, type Screen, toPlace, zoomedAt } from '../space/camera'
import { codeOf } from '../space/points'
import type { Meaning } from './gestures'
import { boxOf, enclosed, type Spot } from './outline'

const REACH = 14
const FINGER = 26
const TURN = 0.008
const STEEPEST = 1.5

/** What pointing needs to know of the plot. */
export interface Plane {
  readonly screen: Screen
  /** From places to the screen, as they are drawn at rest. */
  matrix(): Float32Array
  visible(index: number): boolean
  /** Shows the outline of a selection that is being drawn. */
  showOutline(outline: readonly Spot[]): void
}

export class Pointing implements Meaning {
  private pulling: PathEnd | null = null

  constructor(
    private readonly explorer: Explorer,
    private readonly plane: Plane,
  ) {}

  over(px: number, py: number, touch: boolean): void {
    const { explorer } = this
    const hit = this.hit(px, py, touch ? FINGER : REACH)
    explorer.actions.hover(hit)
    if (!this.solid) explorer.goToPlace(...this.placeAt(px, py), 'pointer')
    else if (hit < 0) explorer.actions.leave()
    else {
      const code = codeOf(explorer.bundle.points, hit)
      explorer.actions.go({ code, origin: 'pointer', certainty: 'exact' })
    }
  }

  left(): void {
    this.explorer.actions.leave()
  }

  tapped(px: number, py: number, touch: boolean): void {
    const { explorer } = this
    const hit = this.hit(px, py, touch ? FINGER : REACH)
    if (hit >= 0) explorer.actions.pinPoint(hit)
    else if (!this.solid) {
      const { code } = explorer.view.value.codeAt(...this.placeAt(px, py))
      explorer.actions.pinCode(code)
    }
  }

  dragged(dx: number, dy: number): void {
    const { actions, state } = this.explorer
    const now = state.camera.value
    if (this.solid) {
      const pitch = Math.max(-STEEPEST, Math.min(STEEPEST, now.pitch - dy * TURN))
      actions.moveCamera({ yaw: now.yaw + dx * TURN, pitch })
    } else {
      const scale = pixelsPerUnit(now, this.plane.screen)
      actions.moveCamera({ x: now.x - dx / scale, y: now.y + dy / scale })
    }
  }

  zoomed(px: number, py: number, by: number): void {
    const { actions, state } = this.explorer
    const now = state.camera.value
    actions.moveCamera(
      this.solid
        ? { zoom: Math.max(0.3, Math.min(20, now.zoom * by)) }
        : zoomedAt(now, this.plane.screen, px, py, by),
    )
  }

  outlined(spots: readonly Spot[], finished: boolean): void {
    const outline = this.explorer.state.gesture.value === 'box' ? boxOf(spots) : spots
    if (finished) this.select(outline)
    this.plane.showOutline(finished ? [] : outline)
  }

  selects(event: PointerEvent): boolean {
    return this.explorer.state.gesture.value !== 'move' || event.shiftKey
  }

  grabs(px: number, py: number): boolean {
    const { state, view } = this.explorer
    const marks = state.marks.value
    this.pulling = null
    if (this.solid || marks?.kind !== 'path') return false
    const ends = { from: marks.codes[0], to: marks.codes[marks.codes.length - 1] }
    for (const end of ['to', 'from'] as const) {
      const place = view.value.place(ends[end])
      if (!place) continue
      const [x, y] = projected(this.plane.matrix(), this.plane.screen, ...place)
      if (Math.hypot(x - px, y - py) <= REACH) this.pulling = end
    }
    return this.pulling !== null
  }

  pulled(px: number, py: number): void {
    const { actions, view } = this.explorer
    if (!this.pulling) return
    const place = this.placeAt(px, py)
    const { code, certainty } = view.value.codeAt(...place)
    actions.dragEnd(this.pulling, code)
    actions.go({ code, certainty, origin: 'path', place })
  }

  private get solid(): boolean {
    return this.explorer.state.solid.value
  }

  private placeAt(px: number, py: number): [number, number] {
    return toPlace(this.explorer.state.camera.value, this.plane.screen, px, py)
  }

  private select(outline: readonly Spot[]): void {
    const inside: number[] = []
    const isWithin = enclosed(outline)
    this.eachSpot((index, x, y) => {
      if (isWithin(x, y) && this.plane.visible(index)) inside.push(index)
    })
    this.explorer.actions.gather(inside)
  }

  /** The visible point nearest to a spot of the screen within a reach, or −1. */
  private hit(px: number, py: number, reach: number): number {
    const { plane, explorer } = this
    if (!this.solid) {
      const scale = pixelsPerUnit(explorer.state.camera.value, plane.screen)
      const [x, y] = this.placeAt(px, py)
      return explorer.view.value.grid.nearest(x, y, reach / scale, (i) => plane.visible(i))
    }
    let best = -1
    let least = reach
    this.eachSpot((index, x, y) => {
      const distance = Math.hypot(x - px, y - py)
      if (distance < least && plane.visible(index)) {
        least = distance
        best = index
      }
    })
    return best
  }

  private eachSpot(visit: (index: number, x: number, y: number) => void): void {
    const { positions } = this.explorer.view.value
    const m = this.plane.matrix()
    for (let i = 0; i < positions.length / 3; i++) {
      const [px, py, pz] = [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]]
      const [x, y] = projected(m, this.plane.screen, px, py, pz)
      visit(i, x, y)
    }
  }
}
