/** Brings what was drawn or dropped into the form that the encoder learned from. */
import { fromCanvas, type ImageShape } from '../images/pixels'
import { gaussian, type Random } from '../space/random'

/** Scales a picture down in halves, which keeps thin strokes whole. */
export function reduced(
  from: CanvasImageSource,
  size: readonly [number, number],
  { width, height }: ImageShape,
): HTMLCanvasElement {
  let [w, h] = size
  let source = from
  while (w > 2 * width && h > 2 * height) {
    ;[w, h] = [Math.ceil(w / 2), Math.ceil(h / 2)]
    source = painted(source, w, h)
  }
  return painted(source, width, height)
}

/**
 * As MNIST does it: what is drawn is scaled to 20 of 28 pixels and moved so that its centre of mass
 * lies in the middle. A blank pad stays blank.
 */
export function centred(pad: HTMLCanvasElement, shape: ImageShape): HTMLCanvasElement {
  const data = pad.getContext('2d')?.getImageData(0, 0, pad.width, pad.height).data
  let [left, top, right, bottom, mass, mx, my] = [pad.width, pad.height, -1, -1, 0, 0, 0]
  for (let y = 0; data && y < pad.height; y++) {
    for (let x = 0; x < pad.width; x++) {
      const value = data[4 * (y * pad.width + x)]
      if (value < 16) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
      mass += value
      mx += value * x
      my += value * y
    }
  }
  const canvas = painted(null, pad.width, pad.height)
  if (mass > 0) {
    const scale = (20 / 28) * (pad.width / Math.max(right - left + 1, bottom - top + 1))
    const to = canvas.getContext('2d') as CanvasRenderingContext2D
    to.setTransform(
      scale,
      0,
      0,
      scale,
      pad.width / 2 - (scale * mx) / mass,
      pad.height / 2 - (scale * my) / mass,
    )
    to.drawImage(pad, 0, 0)
  }
  return reduced(canvas, [pad.width, pad.height], shape)
}

export function toImage(
  canvas: HTMLCanvasElement,
  shape: ImageShape,
  inverted: boolean,
): Float32Array {
  const image = fromCanvas(canvas, shape)
  return inverted ? image.map((value) => 1 - value) : image
}

/** Adds normal noise of a standard deviation, and stays within [0, 1]. */
export function noisy(image: Float32Array, deviation: number, random: Random): Float32Array {
  if (deviation === 0) return image
  return image.map((value) => Math.max(0, Math.min(1, value + deviation * gaussian(random))))
}

/** A canvas of a size, filled with a colour, with a picture stretched over it. */
export function painted(
  from: CanvasImageSource | null,
  width: number,
  height: number,
  paper = 'black',
): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const to = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
  to.fillStyle = paper
  to.fillRect(0, 0, width, height)
  to.imageSmoothingQuality = 'high'
  if (from) to.drawImage(from, 0, 0, width, height)
  return canvas
}
