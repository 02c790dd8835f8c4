/** The plot: three canvases over each other, each drawn again when something of it changed. */
import { computed, effect } from '@preact/signals'
import type { Explorer } from '../explorer'
import { rgb } from '../palette'
import type { Field } from '../space/fields'
import type { View } from '../space/views'
import { drawBadge, drawDraws, drawOutline, drawPath, drawRing, type Ink } from './annotations'
import { matrix, pixelsPerUnit, projected, type Screen } from './camera'
import { pointColours, pointShapes, pointSize } from './colours'
import { Decodings } from './decodings'
import { drawField, fieldImage } from './fieldLayer'
import { listen } from './gestures'
import type { Spot } from './outline'
import { chosenField } from './overlays'
import { PointBudget } from './budget'
import { drawPictures } from './pictures'
import { type Plane, Pointing } from './pointing'
import { PointsLayer } from './points'

const MORPH_MS = 600

export class Stage implements Plane {
  screen: Screen = { width: 0, height: 0 }
  private readonly points: PointsLayer | null
  private readonly decodings: Decodings | null
  private readonly back: CanvasRenderingContext2D
  private readonly front: CanvasRenderingContext2D
  private asked = false
  private readonly stale = { back: true, points: true, front: true }
  private readonly budget: PointBudget
  private before: View | null = null
  private morph = { began: -Infinity, solidBefore: 0, solidAfter: 0 }
  private outline: readonly Spot[] = []
  private painted = false
  private fieldTurn = 0
  private field: { image: HTMLCanvasElement; bounds: Field['bounds'] } | null = null
  private ink: Ink = { ink: '#111', paper: '#fff', accent: '#06c' }
  private readonly nearest = new WeakMap<Float32Array, number>()
  private readonly stops: (() => void)[] = []

  constructor(
    private readonly explorer: Explorer,
    private readonly element: HTMLElement,
    canvases: { back: HTMLCanvasElement; points: HTMLCanvasElement; front: HTMLCanvasElement },
    private readonly ring: HTMLElement,
  ) {
    this.back = canvases.back.getContext('2d') as CanvasRenderingContext2D
    this.front = canvases.front.getContext('2d') as CanvasRenderingContext2D
    this.points = this.openPoints(canvases.points)
    this.budget = new PointBudget(explorer.bundle.points.count, () => this.invalidate())
    const { networks, image, bundle } = explorer
    const map = networks && image && bundle.space.decoder
    this.decodings = map
      ? new Decodings(
          networks,
          image,
          () => this.invalidateBack(),
          (error) => explorer.fail('decoder', error),
        )
      : null
    listen(element, new Pointing(explorer, this))
    const resize = new ResizeObserver(() => this.resize())
    resize.observe(element)
    this.stops.push(() => resize.disconnect(), ...this.watch())
    if (bundle.atlas) this.stops.push(bundle.atlas.onArrival(() => this.invalidate('front')))
  }

  close(): void {
    for (const stop of this.stops) stop()
  }

  /** Draws soon, once however often it is asked; the top alone where nothing else changed. */
  readonly invalidate = (layer: 'all' | 'front' = 'all'): void => {
    this.stale.front = true
    if (layer === 'all') this.stale.back = this.stale.points = true
    if (this.asked) return
    this.asked = true
    requestAnimationFrame(() => {
      this.asked = false
      this.draw()
    })
  }

  /** Draws the map again, and the points only where they need it. */
  private invalidateBack(): void {
    this.invalidate('front')
    this.stale.back = true
  }

  /** Reads the colours of the theme. */
  readonly recolour = (): void => {
    const style = getComputedStyle(this.element)
    const read = (name: string) => style.getPropertyValue(name).trim()
    this.ink = { ink: read('--ink'), paper: read('--paper'), accent: read('--accent') }
    void this.makeField()
    this.invalidate()
  }

  visible(index: number): boolean {
    return !this.explorer.state.hidden.value.has(this.explorer.bundle.points.labels[index])
  }

  showOutline(outline: readonly Spot[]): void {
    this.outline = outline
    this.invalidate('front')
  }

  private get solid(): boolean {
    return this.explorer.state.solid.value
  }

  // What changes

  private watch(): (() => void)[] {
    const { explorer } = this
    const { state, bundle } = explorer
    this.points?.setShapes(pointShapes(bundle.points))
    const byPointer = computed(() => state.spot.value?.origin === 'pointer')
    return [
      effect(() => this.changeView(explorer.view.value, state.solid.value)),
      effect(() => {
        const alpha =
          state.look.value === 'pictures' && bundle.atlas
            ? 0
            : state.look.value === 'map'
              ? 0.4
              : 0.85
        this.points?.setColours(
          pointColours(bundle.points, state.hidden.value, state.selection.value, alpha),
        )
        this.invalidate()
      }),
      effect(() => {
        void state.field.value
        void explorer.view.value
        void this.makeField()
      }),
      effect(() => {
        void state.camera.value
        void state.condition.value
        this.invalidate()
      }),
      effect(() => {
        void state.pins.value
        void state.marks.value
        // The pointer shows where it is by itself: only other spots are drawn.
        if (!byPointer.value) void state.spot.value
        this.invalidate('front')
      }),
      effect(() => this.moveRing(state.hovered.value)),
    ]
  }

  private changeView(view: View, solid: boolean): void {
    const from = this.before ?? view
    const still = !this.before || matchMedia('(prefers-reduced-motion: reduce)').matches
    this.points?.setPositions(from.positions, view.positions)
    this.morph = {
      began: still ? -Infinity : performance.now(),
      solidBefore: this.morph.solidAfter,
      solidAfter: solid ? 1 : 0,
    }
    this.before = view
    this.invalidate()
  }

  private async makeField(): Promise<void> {
    const turn = ++this.fieldTurn
    const field = await chosenField(this.explorer).catch((error: Error) => {
      this.explorer.fail('notice', error)
      return null
    })
    if (turn !== this.fieldTurn) return // another one was chosen meanwhile
    const image = field && fieldImage(field, rgb(this.ink.accent))
    this.field = field && image && { image, bounds: field.bounds }
    this.invalidate()
  }

  private openPoints(canvas: HTMLCanvasElement): PointsLayer | null {
    try {
      const layer = new PointsLayer(canvas)
      canvas.addEventListener('webglcontextlost', () =>
        this.explorer.fail('plot', 'The graphics driver gave up on the points; reload the page.'),
      )
      return layer
    } catch (error) {
      this.explorer.fail('plot', error)
      return null
    }
  }

  private resize(): void {
    const { width, height } = this.element.getBoundingClientRect()
    const ratio = Math.min(2, devicePixelRatio)
    this.screen = { width, height }
    for (const canvas of this.element.querySelectorAll(
      'canvas.layer',
    ) as NodeListOf<HTMLCanvasElement>) {
      canvas.width = Math.round(this.screen.width * ratio)
      canvas.height = Math.round(this.screen.height * ratio)
    }
    this.stale.back = this.stale.points = true
    this.draw()
  }

  // What is drawn

  matrix(moved = 1): Float32Array {
    const { solidBefore, solidAfter } = this.morph
    const solid = solidBefore + moved * (solidAfter - solidBefore)
    return matrix(this.explorer.state.camera.value, this.screen, solid)
  }

  private draw(): void {
    const { explorer, screen, stale } = this
    if (screen.width * screen.height === 0) return
    const { camera, look } = explorer.state
    const t = Math.min(1, (performance.now() - this.morph.began) / MORPH_MS)
    const moved = t < 1 ? t * t * (3 - 2 * t) : 1
    const m = this.matrix(moved)
    if (stale.back) this.drawBehind(t === 1 && !this.solid)
    if (stale.points && this.points) {
      const { count } = explorer.bundle.points
      const size = pointSize(count, camera.peek().zoom) * (this.front.canvas.width / screen.width)
      this.points.draw(m, size, moved, this.solid, this.budget.take())
    }
    this.wipe(this.front)
    if (t === 1) {
      if (look.peek() === 'pictures') this.drawPictures(m)
      this.annotate(m)
    }
    stale.back = stale.points = stale.front = false
    if (t < 1) this.invalidate()
    performance.mark('drawn')
  }

  /** Rings a point. An element of its own, since the canvas is large and the pointer quick. */
  private moveRing(index: number): void {
    this.ring.hidden = index < 0
    if (index < 0) return
    const [x, y, z] = this.explorer.view.value.positions.subarray(3 * index, 3 * index + 3)
    const m = matrix(this.explorer.state.camera.value, this.screen, this.solid ? 1 : 0)
    const [px, py] = projected(m, this.screen, x, y, z)
    this.ring.style.transform = `translate(${px}px, ${py}px)`
  }

  private wipe(layer: CanvasRenderingContext2D): void {
    const ratio = layer.canvas.width / this.screen.width
    layer.setTransform(ratio, 0, 0, ratio, 0, 0)
    layer.clearRect(0, 0, this.screen.width, this.screen.height)
  }

  private drawPictures(m: Float32Array): void {
    const { state, view, bundle } = this.explorer
    if (!bundle.atlas) return
    drawPictures(this.front, bundle.atlas, {
      positions: view.peek().positions,
      labels: bundle.points.labels,
      screen: this.screen,
      matrix: m,
      pixelsPerUnit: pixelsPerUnit(state.camera.peek(), this.screen),
      solid: this.solid,
      visible: (index) => this.visible(index),
    })
  }

  private drawBehind(wanted: boolean): void {
    const { state, view } = this.explorer
    const camera = state.camera.peek()
    const map = state.look.peek() === 'map' && this.decodings && view.peek().axes.length > 1
    // A canvas that stays empty costs nothing, one that is wiped again and again does.
    const draws = wanted && Boolean(map || this.field)
    if (draws || this.painted) this.wipe(this.back)
    this.painted = draws
    if (!draws) return
    if (map && this.decodings) {
      this.decodings.draw(this.back, view.peek(), this.explorer.label, camera, this.screen)
    }
    if (this.field) drawField(this.back, this.field.image, this.field.bounds, camera, this.screen)
  }

  private annotate(m: Float32Array): void {
    const { state } = this.explorer
    const { front, ink } = this
    const at = (code: Float32Array, index: number | null = null) => {
      const place = this.placeOf(code, index)
      return place && projected(m, this.screen, ...place)
    }
    const marks = state.marks.peek()
    if (marks) {
      const spots = marks.codes.map((code) => at(code)).filter((spot) => spot !== null)
      if (marks.kind === 'path') drawPath(front, spots, ink)
      else drawDraws(front, spots, ink)
    }
    const pins = state.pins.peek()
    pins.forEach((pin) => {
      const spot = at(pin.code, pin.index)
      if (spot) drawBadge(front, spot, `${pin.key}`, ink.ink, ink.paper)
    })
    const spot = state.spot.peek()
    if (spot && spot.origin !== 'pointer') {
      const here = at(spot.code)
      if (here) drawRing(front, here, 10, { ...ink, ink: ink.accent })
    }
    if (this.outline.length > 1) drawOutline(front, this.outline, ink)
  }

  /** Where a code is drawn; in a view without a formula, where the nearest stored one is. */
  private placeOf(code: Float32Array, index: number | null): [number, number, number] | null {
    const view = this.explorer.view.peek()
    const stored = (i: number): [number, number, number] => [
      view.positions[3 * i],
      view.positions[3 * i + 1],
      view.positions[3 * i + 2],
    ]
    if (index !== null) return stored(index)
    const place = view.place(code)
    if (place) return place
    const near = this.nearest.get(code)
    if (near !== undefined) return near < 0 ? null : stored(near)
    this.nearest.set(code, -1)
    void this.explorer.finder.near(code, 1).then(({ indices }) => {
      this.nearest.set(code, indices[0])
      this.invalidate('front')
    })
    return null
  }
}
