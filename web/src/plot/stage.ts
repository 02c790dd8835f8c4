/** The plot: three canvases over each other, each drawn again when something of it changed. */
import { computed, effect } from '@preact/signals'
import type { Explorer } from '../explorer/explorer'
import { save, saveCanvas } from '../explorer/save'
import { rowsOf, type View } from '../space/views'
import type { Ink } from './annotations'
import { Background } from './background'
import { PointBudget } from './budget'
import { matrix, projected, type Screen } from '../space/camera'
import { pixelRatio, wipe } from './canvas'
import { ALPHA, pointColours, pointSize } from './colours'
import { Foreground } from './foreground'
import { listen } from './gestures'
import { Motion } from './motion'
import type { Spot } from './outline'
import { type Plane, Pointing } from './pointing'
import { PointsLayer } from './points'
import { signsOf } from './scale'
import { type Layers, pixelsOf, shapesOf } from './snapshot'

export class Stage implements Plane {
  screen: Screen = { width: 0, height: 0 }
  private readonly points: PointsLayer | null
  private readonly background: Background
  private readonly foreground: Foreground
  private readonly front: CanvasRenderingContext2D
  private colours: Uint8Array = new Uint8Array(0)
  private shapes: Float32Array = new Float32Array(0)
  private asked = false
  private pointsDrawn = 0
  private readonly stale = { back: true, points: true, front: true }
  private readonly budget: PointBudget
  private readonly motion = new Motion()
  private ink: Ink = { ink: '#111', paper: '#fff', accent: '#06c' }
  private readonly stops: (() => void)[] = []

  constructor(
    private readonly explorer: Explorer,
    private readonly element: HTMLElement,
    private readonly canvases: Layers,
    private readonly ring: HTMLElement,
    /** Told when it has drawn for the first time. */
    private readonly began: () => void,
  ) {
    const back = canvases.back.getContext('2d') as CanvasRenderingContext2D
    this.front = canvases.front.getContext('2d') as CanvasRenderingContext2D
    this.background = new Background(explorer, back, () => this.invalidateBack())
    this.foreground = new Foreground(
      explorer,
      this.front,
      () => this.invalidate('front'),
      (index) => this.motion.place(index),
    )
    this.points = this.openPoints(canvases.points)
    this.budget = new PointBudget(explorer.bundle.points.count, () => this.invalidate())
    listen(element, new Pointing(explorer, this))
    const resize = new ResizeObserver(() => this.resize())
    resize.observe(element)
    this.stops.push(() => resize.disconnect(), ...this.watch())
    const { atlas } = explorer.bundle
    if (atlas) this.stops.push(atlas.onArrival(() => this.invalidate('front')))
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
    this.points?.setGround(this.ink.paper, this.ink.ink)
    this.background.paint(this.explorer.field.peek(), this.ink.accent)
    this.invalidate()
  }

  visible(index: number): boolean {
    return this.explorer.shows(index)
  }

  showOutline(outline: readonly Spot[]): void {
    this.foreground.outline = outline
    this.invalidate('front')
  }

  /** How many points there are to draw. */
  private get count(): number {
    return this.explorer.view.peek().rows?.length ?? this.explorer.bundle.points.count
  }

  private get solid(): boolean {
    return this.explorer.state.solid.value
  }

  // What changes

  private watch(): (() => void)[] {
    const { explorer } = this
    const { state, bundle } = explorer
    const signs = computed(() => signsOf(explorer.columns.chosen.value))
    const rows = computed(() => explorer.view.value.rows)
    const byPointer = computed(() => state.spot.value?.origin === 'pointer')
    return [
      effect(() => this.changeView(explorer.view.value, state.solid.value)),
      effect(() => {
        this.shapes = signs.value.shapes
        this.points?.setShapes(rowsOf(this.shapes, 1, rows.value))
        this.invalidate()
      }),
      effect(() => {
        const alpha =
          state.look.value === 'pictures' && bundle.atlas
            ? 0
            : state.look.value === 'map'
              ? 0.4
              : ALPHA
        const marked = explorer.visible.value
        this.colours = pointColours(signs.value, marked, state.selection.value, alpha)
        this.points?.setColours(rowsOf(this.colours, 4, rows.value))
        this.budget.recolour()
        this.invalidate()
      }),
      effect(() => {
        this.background.paint(explorer.field.value, this.ink.accent)
        this.invalidate()
      }),
      effect(() => {
        void state.camera.value
        this.budget.move()
        this.invalidate()
      }),
      effect(() => {
        void state.condition.value
        this.invalidate()
      }),
      effect(() => {
        void state.pins.value
        void state.marks.value
        void state.corner.value
        // The pointer shows where it is by itself: only other spots are drawn.
        if (!byPointer.value) void state.spot.value
        this.invalidate('front')
      }),
      effect(() => this.moveRing(state.hovered.value)),
      effect(() => {
        const form = state.snapshot.value
        if (form) this.save(form)
      }),
    ]
  }

  private changeView(view: View, solid: boolean): void {
    const { motion } = this
    motion.begin(view, solid, this.explorer.filming.pace)
    const [start, end] = [motion.start, view.positions].map((all) => rowsOf(all, 3, view.rows))
    this.points?.setPositions(start, end)
    this.invalidate()
  }

  private openPoints(canvas: HTMLCanvasElement): PointsLayer | null {
    try {
      const layer = new PointsLayer(canvas)
      canvas.addEventListener('webglcontextlost', () =>
        this.explorer.actions.fail(
          'plot',
          'The graphics driver gave up on the points; reload the page.',
        ),
      )
      return layer
    } catch (error) {
      this.explorer.actions.fail('plot', error)
      return null
    }
  }

  private resize(): void {
    const { width, height } = this.element.getBoundingClientRect()
    const ratio = pixelRatio()
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
    return matrix(this.explorer.state.camera.value, this.screen, this.motion.solid(moved))
  }

  private draw(): void {
    const { explorer, screen, stale } = this
    if (screen.width * screen.height === 0) return
    const { camera, look } = explorer.state
    const { film, moved, share } = this.motion
    const settled = share === 1 || film
    const { rows } = explorer.view.peek()
    const m = this.matrix(moved)
    if (stale.back) this.background.draw(screen, settled && !this.solid)
    if (stale.points && this.points) {
      const size =
        pointSize(this.count, camera.peek().zoom) * (this.front.canvas.width / screen.width)
      if (share < 1) this.budget.move()
      this.pointsDrawn = rows?.length ?? this.budget.take()
      this.points.draw(m, size, moved, this.solid, this.pointsDrawn)
      if (!this.budget.resting) this.timeFrame()
    }
    wipe(this.front, screen)
    if (settled) {
      if (look.peek() === 'pictures') {
        this.foreground.drawPictures(m, screen, this.solid, this.colours, (index) =>
          this.visible(index),
        )
      }
      this.foreground.annotate(m, screen, this.ink)
    }
    stale.back = stale.points = stale.front = false
    if (share < 1) {
      this.moveRing(explorer.state.hovered.peek())
      this.invalidate()
    }
    performance.mark('drawn', { detail: this.pointsDrawn })
    this.began()
  }

  private save(form: 'png' | 'svg'): void {
    const { canvases, explorer, ink, screen } = this
    const { actions, bundle, state, view } = explorer
    actions.saveView(null)
    this.stale.back = this.stale.points = true
    this.draw()
    const name = `${bundle.space.name}-${state.viewName.peek()}.${form}`
    if (form === 'png') {
      const saving = saveCanvas(name, pixelsOf(canvases, ink.paper))
      saving.catch((error) => actions.fail('notice', error))
      return
    }
    const shapes = {
      positions: view.peek().positions,
      forms: this.shapes,
      colours: this.colours,
      size: pointSize(this.count, state.camera.peek().zoom),
      matrix: this.matrix(),
    }
    const svg = shapesOf(canvases, shapes, screen, ink)
    save(name, new Blob([svg], { type: 'image/svg+xml' }))
  }

  /** Tells the budget how long what was just drawn keeps the next frame waiting. */
  private timeFrame(): void {
    const began = performance.now()
    requestAnimationFrame(() => this.budget.learn(performance.now() - began))
  }

  /** Rings a point. An element of its own, since the canvas is large and the pointer quick. */
  private moveRing(index: number): void {
    this.ring.hidden = index < 0
    if (index < 0) return
    const m = matrix(this.explorer.state.camera.value, this.screen, this.solid ? 1 : 0)
    const [px, py] = projected(m, this.screen, ...this.foreground.stored(index))
    this.ring.style.transform = `translate(${px}px, ${py}px)`
  }
}
