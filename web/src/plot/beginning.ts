/** The first points, drawn while the rest is on its way: to be seen, and for nothing else. */
import { classColumn } from '../bundle/columns'
import type { Space } from '../bundle/space'
import { chosenAxes, firstView, linearOf } from '../explorer/choices'
import { fromLink, type Place } from '../explorer/link'
import { type Camera, matrix, type Screen } from '../space/camera'
import type { Points } from '../space/points'
import { type Linear, makeLinear, viewsOf } from '../space/views'
import { pixelRatio } from './canvas'
import { ALPHA, pointColours, pointSize } from './colours'
import { PointsLayer } from './points'
import { signsOf } from './scale'

/** A view with a formula, and which of its axes are shown. */
interface Seen {
  readonly name: string
  readonly linear: Linear
  readonly shown: readonly number[]
}

export class Beginning {
  readonly canvas = document.createElement('canvas')
  private readonly layer = new PointsLayer(this.canvas)
  private readonly resized = new ResizeObserver(() => this.fits() || this.draw())
  private drawn = 0

  private constructor(
    readonly space: Space,
    private readonly seen: Seen,
    private readonly camera: Camera,
  ) {
    this.canvas.className = 'layer'
    this.resized.observe(this.canvas)
  }

  /** Null where something else is seen first than all points by class in a view with a formula. */
  static of(space: Space, hash: string): Beginning | null {
    const { place } = fromLink(hash)
    const plain = place.look === 'points' && !place.colour && place.epoch === null
    const all = !place.filters.length && !place.selection.length
    const seen = plain && all && seenIn(space, place)
    if (!seen) return null
    try {
      return new Beginning(space, seen, place.camera)
    } catch {
      return null // without WebGL, which the plot will say
    }
  }

  /** How many points are drawn. */
  get count(): number {
    return this.drawn
  }

  show(points: Points): void {
    const { layer, seen } = this
    const about = { name: seen.name, title: '', note: '', axes: [] }
    const { positions } = makeLinear(about, seen.linear, seen.shown, points)
    const signs = signsOf(classColumn(points.labels, [], []))
    layer.setPositions(positions, positions)
    layer.setShapes(signs.shapes)
    layer.setColours(pointColours(signs, null, null, ALPHA))
    this.drawn = points.count
    if (this.canvas.isConnected) this.draw()
  }

  draw(): void {
    const { camera, canvas, drawn, layer, seen, space } = this
    const { width, height } = this.room()
    if (!drawn || width * height === 0) return
    canvas.width = width
    canvas.height = height
    const style = getComputedStyle(canvas)
    const [paper, ink] = ['--paper', '--ink'].map((name) => style.getPropertyValue(name).trim())
    layer.setGround(paper, ink)
    const solid = seen.shown.length === 3
    const size = pointSize(space.points.count, camera.zoom) * pixelRatio()
    const m = matrix(camera, { width, height }, solid ? 1 : 0)
    layer.draw(m, size, 1, solid, drawn)
    performance.mark('drawn', { detail: drawn })
  }

  /** All points are drawn in its place. */
  end(): void {
    this.resized.disconnect()
    this.canvas.remove()
    this.layer.close()
  }

  /** In device pixels. */
  private room(): Screen {
    const { width, height } = this.canvas.getBoundingClientRect()
    const ratio = pixelRatio()
    return { width: Math.round(width * ratio), height: Math.round(height * ratio) }
  }

  private fits(): boolean {
    const { width, height } = this.room()
    return this.canvas.width === width && this.canvas.height === height
  }
}

function seenIn(space: Space, place: Place): Seen | null {
  const views = viewsOf(space.code.size, space.views)
  const named = views.find(({ name }) => name === place.view)
  const view = named ?? views.find(({ name }) => name === firstView(space))
  const linear = view && linearOf(space, view.name)
  if (!view || !linear) return null
  return { name: view.name, linear, shown: chosenAxes(view.axes, place.solid, place.axes) }
}
