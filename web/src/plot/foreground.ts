/** Over the points: their pictures, and what was marked, pinned, drawn or picked out. */
import { computed } from '@preact/signals'
import type { Explorer } from '../explorer/explorer'
import {
  drawBadge,
  drawDraws,
  drawOutline,
  drawPath,
  drawRing,
  drawWalk,
  type Ink,
} from './annotations'
import { pixelsPerUnit, projected, type Screen } from '../space/camera'
import type { Place } from './motion'
import { drawNames, namesIn } from './names'
import { boxOf, type Spot } from './outline'
import { drawPictures } from './pictures'

const MARKS = { path: drawPath, draws: drawDraws, walk: drawWalk }

export class Foreground {
  outline: readonly Spot[] = []
  private readonly nearest = new WeakMap<Float32Array, number>()
  private readonly names = computed(() => {
    const { columns, view, visible } = this.explorer
    return namesIn(columns.chosen.value, view.value.positions, visible.value)
  })

  constructor(
    private readonly explorer: Explorer,
    private readonly layer: CanvasRenderingContext2D,
    private readonly changed: () => void,
    /** Where a stored point is drawn now. */
    readonly stored: (index: number) => Place,
  ) {}

  /** Draws stored pictures where their points are. */
  drawPictures(
    matrix: Float32Array,
    screen: Screen,
    solid: boolean,
    colours: Uint8Array,
    visible: (index: number) => boolean,
  ): void {
    const { state, view, bundle } = this.explorer
    if (!bundle.atlas) return
    drawPictures(this.layer, bundle.atlas, {
      positions: view.peek().positions,
      colours,
      screen,
      matrix,
      pixelsPerUnit: pixelsPerUnit(state.camera.peek(), screen),
      solid,
      visible,
    })
  }

  /** Draws names, marks, pins, the spot that is shown, and the outline. */
  annotate(matrix: Float32Array, screen: Screen, ink: Ink): void {
    const { corner, look, marks, pins, spot } = this.explorer.state
    const at = (code: Float32Array, index: number | null = null) => {
      const place = this.placeOf(code, index)
      return place && projected(matrix, screen, ...place)
    }
    if (look.peek() === 'points') {
      const spotOf = (index: number) => projected(matrix, screen, ...this.stored(index))
      const names = this.names.peek().map((name) => ({ ...name, spot: spotOf(name.index) }))
      drawNames(this.layer, names, ink)
    }
    const marked = marks.peek()
    if (marked) {
      const spots = marked.codes.map((code) => at(code)).filter((place) => place !== null)
      MARKS[marked.kind](this.layer, spots, ink)
    }
    for (const pin of pins.peek()) {
      const here = at(pin.code, pin.index)
      if (here) drawBadge(this.layer, here, `${pin.key}`, ink.ink, ink.paper)
    }
    const shown = spot.peek()
    if (shown && shown.origin !== 'pointer') {
      const here = at(shown.code, shown.index ?? null)
      if (here) drawRing(this.layer, here, 10, { ...ink, ink: ink.accent })
    }
    if (this.outline.length > 1) drawOutline(this.layer, this.outline, ink)
    const begun = corner.peek()
    if (begun && shown?.place) {
      const ends = [begun, shown.place].map(([x, y]) => projected(matrix, screen, x, y, 0))
      drawOutline(this.layer, boxOf(ends), ink)
    }
  }

  /** Where a code is drawn; in a view without a formula, where the nearest stored one is. */
  private placeOf(code: Float32Array, index: number | null): Place | null {
    if (index !== null) return this.stored(index)
    const place = this.explorer.view.peek().place(code)
    if (place) return place
    const near = this.nearest.get(code)
    if (near !== undefined) return near < 0 ? null : this.stored(near)
    this.nearest.set(code, -1)
    void this.explorer.finder.near(code, 1).then(({ indices }) => {
      this.nearest.set(code, indices[0])
      this.changed()
    })
    return null
  }
}
