/** Images as numbers (C × H × W) in [0, 1], and as pixels. */
export interface ImageShape {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** Rounds to bytes as Python does: the nearest of 0 … 255. */
export function toImageData(
  image: Float32Array,
  { channels, height, width }: ImageShape,
): ImageData {
  const data = new ImageData(width, height)
  const plane = width * height
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) {
      // A Uint8ClampedArray rounds and clamps by itself.
      data.data[4 * i + c] = 255 * image[(channels === 1 ? 0 : c) * plane + i]
    }
    data.data[4 * i + 3] = 255
  }
  return data
}

export function imageToCanvas(image: Float32Array, shape: ImageShape): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = shape.width
  canvas.height = shape.height
  canvas.getContext('2d')?.putImageData(toImageData(image, shape), 0, 0)
  return canvas
}

/** Reads a canvas of the image's size, on black, as (C × H × W) in [0, 1]. */
export function fromCanvas(
  canvas: HTMLCanvasElement,
  { channels, height, width }: ImageShape,
): Float32Array {
  const data = canvas.getContext('2d')?.getImageData(0, 0, width, height).data
  const image = new Float32Array(channels * height * width)
  const plane = height * width
  for (let i = 0; data && i < plane; i++) {
    const [r, g, b] = [data[4 * i], data[4 * i + 1], data[4 * i + 2]]
    if (channels === 1) image[i] = (0.299 * r + 0.587 * g + 0.114 * b) / 255
    else [r, g, b].forEach((value, c) => (image[c * plane + i] = value / 255))
  }
  return image
}

/** Width and height of an image whose longer side is `side`. */
export function fitted(
  { width, height }: { width: number; height: number },
  side: number,
): [number, number] {
  const scale = side / Math.max(width, height)
  return [width * scale, height * scale]
}
