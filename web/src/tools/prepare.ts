/** Does to a dropped picture what training did to its own (`space.json`'s `preparation`). */
import type { Preparation } from '../bundle/space'
import type { ImageShape } from '../images/pixels'
import { painted, reduced } from './strokes'

interface Sides {
  readonly width: number
  readonly height: number
}

interface Box extends Sides {
  readonly left: number
  readonly top: number
}

/** Which part of a picture is taken, and where it lies in the image. */
export function placement(
  from: Sides,
  to: Sides,
  fit: Preparation['fit'],
): { readonly taken: Box; readonly placed: Box } {
  const whole = { left: 0, top: 0, width: from.width, height: from.height }
  const all = { left: 0, top: 0, width: to.width, height: to.height }
  if (fit === 'stretch') return { taken: whole, placed: all }
  if (fit === 'crop') {
    const width = Math.min(from.width, Math.round((from.height * to.width) / to.height))
    const height = Math.min(from.height, Math.round((from.width * to.height) / to.width))
    return { taken: centred(from, { width, height }), placed: all }
  }
  const scale = Math.min(to.width / from.width, to.height / from.height)
  const width = Math.max(1, Math.round(from.width * scale))
  const height = Math.max(1, Math.round(from.height * scale))
  return { taken: whole, placed: centred(to, { width, height }) }
}

function centred(outer: Sides, inner: Sides): Box {
  const width = Math.max(1, inner.width)
  const height = Math.max(1, inner.height)
  return {
    left: Math.floor((outer.width - width) / 2),
    top: Math.floor((outer.height - height) / 2),
    width,
    height,
  }
}

/** A picture as the encoder knows them; where that is not told, all of it on black. */
export function prepared(
  picture: ImageBitmap,
  shape: ImageShape,
  preparation?: Preparation,
): HTMLCanvasElement {
  const { taken, placed } = placement(picture, shape, preparation?.fit ?? 'pad')
  const background = preparation?.background ?? 'black'
  const paper = background === 'edge' ? borderColour(picture) : background
  const part = painted(null, taken.width, taken.height, paper)
  part.getContext('2d')?.drawImage(picture, -taken.left, -taken.top)
  const size = [taken.width, taken.height] as const
  const small = reduced(part, size, { ...placed, channels: 3 })
  const canvas = painted(null, shape.width, shape.height, paper)
  canvas.getContext('2d')?.drawImage(small, placed.left, placed.top)
  return canvas
}

/** The mean colour of the outermost pixels, by how opaque they are; white where none is. */
function borderColour(picture: ImageBitmap): string {
  const { width, height } = picture
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const to = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  to.drawImage(picture, 0, 0)
  const sums = [0, 0, 0, 0]
  for (const [x, y, w, h] of [
    [0, 0, width, 1],
    [0, height - 1, width, 1],
    [0, 0, 1, height],
    [width - 1, 0, 1, height],
  ]) {
    const { data } = to.getImageData(x, y, w, h)
    for (let i = 0; i < data.length; i += 4) {
      for (let c = 0; c < 3; c++) sums[c] += data[i + c] * data[i + 3]
      sums[3] += data[i + 3]
    }
  }
  if (sums[3] === 0) return 'white'
  return `rgb(${sums
    .slice(0, 3)
    .map((sum) => Math.round(sum / sums[3]))
    .join(' ')})`
}
