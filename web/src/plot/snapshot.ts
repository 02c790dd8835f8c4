/** The plot as it stands, for a paper or a slide: as pixels, or with every point a shape of its own. */
import { contrast, LEAST_CONTRAST } from '../images/palette'
import { projected, type Screen } from '../space/camera'
import type { Ink } from './annotations'

export interface Layers {
  readonly back: HTMLCanvasElement
  readonly points: HTMLCanvasElement
  readonly front: HTMLCanvasElement
}

export interface Shapes {
  /** (N × 3) */
  readonly positions: Float32Array
  /** (N,) which sign each is. */
  readonly forms: Float32Array
  /** (N × 4) bytes; what is clear is left out. */
  readonly colours: Uint8Array
  /** Diameter in CSS pixels. */
  readonly size: number
  readonly matrix: Float32Array
}

/** More shapes than this make a file that no other program opens gladly. */
export const MOST_SHAPES = 50_000

/** The signs of the classes, of diameter 2 round the origin. */
const PATHS = [
  '<circle r="1"/>',
  '<path d="M-1-1H1V1H-1Z"/>',
  '<path d="M0-1.1L1.1.9H-1.1Z"/>',
  '<path d="M0-1.2L1.2 0L0 1.2L-1.2 0Z"/>',
  '<path d="M-.4-1.2H.4V-.4H1.2V.4H.4V1.2H-.4V.4H-1.2V-.4H-.4Z"/>',
  '<circle r=".8" fill="none" stroke="currentColor" stroke-width=".4"/>',
]

/** All layers on the ground's colour. To be called in the task that drew the points. */
export function pixelsOf({ back, points, front }: Layers, paper: string): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = front.width
  canvas.height = front.height
  const to = canvas.getContext('2d') as CanvasRenderingContext2D
  to.fillStyle = paper
  to.fillRect(0, 0, canvas.width, canvas.height)
  for (const layer of [back, points, front]) to.drawImage(layer, 0, 0)
  return canvas
}

/** An SVG: points as shapes, where they are not too many; map, pictures and marks as pixels. */
export function shapesOf(layers: Layers, shapes: Shapes, screen: Screen, ink: Ink): string {
  const { width, height } = screen
  const few = shapes.forms.length <= MOST_SHAPES
  const picture = (layer: HTMLCanvasElement) =>
    `<image width="${width}" height="${height}" href="${layer.toDataURL()}"/>`
  const symbols = PATHS.map((path, i) => `<g id="s${i}">${path}</g>`).join('')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<defs>${symbols}</defs><rect width="100%" height="100%" fill="${ink.paper}"/>`,
    picture(layers.back),
    few ? signs(shapes, screen, ink) : picture(layers.points),
    picture(layers.front),
    '</svg>',
  ].join('\n')
}

function signs(
  { positions, forms, colours, size, matrix }: Shapes,
  screen: Screen,
  { ink, paper }: Ink,
): string {
  const lines: string[] = []
  forms.forEach((form, i) => {
    const alpha = colours[4 * i + 3] / 255
    if (alpha === 0) return
    const [px, py, pz] = positions.subarray(3 * i, 3 * i + 3)
    const [x, y] = projected(matrix, screen, px, py, pz)
    if (x < 0 || y < 0 || x > screen.width || y > screen.height) return
    const bytes = [...colours.subarray(4 * i, 4 * i + 3)]
    const colour = `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
    const faint = contrast(colour, paper) < LEAST_CONTRAST
    const place = `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${(size / 2).toFixed(2)})`
    const look = `fill="${colour}" color="${colour}" opacity="${alpha.toFixed(2)}"`
    const edge = faint ? ` stroke="${ink}" stroke-width=".3"` : ''
    lines.push(`<use href="#s${form}" transform="${place}" ${look}${edge}/>`)
  })
  return lines.join('\n')
}
