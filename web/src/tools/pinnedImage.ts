/** The images of pins as the encoder takes them. */
import type { Explorer } from '../explorer/explorer'
import type { Pin } from '../explorer/state'
import { fromCanvas } from '../images/pixels'
import { painted } from './strokes'

/** The image (C × H × W) of a pin: one's own, or the stored one, enlarged where that is reduced. */
export async function imageOf({ bundle, image }: Explorer, pin: Pin): Promise<Float32Array> {
  const { index, key, picture } = pin
  if (picture) return picture
  const { atlas } = bundle
  if (!image || !atlas || index === null) throw new Error(`Pin ${key} has no image to move.`)
  await atlas.bring([index])
  const canvas = painted(null, image.width, image.height)
  const to = canvas.getContext('2d') as CanvasRenderingContext2D
  if (!atlas.draw(to, index, 0, 0, image.width, image.height)) {
    throw new Error(`The picture of pin ${key} cannot be read; export the run again.`)
  }
  return fromCanvas(canvas, image)
}

/** What is to be known of an image that is not the very one that training saw; '' where it is. */
export function doubtOf({ bundle, image }: Explorer, { picture }: Pin): string {
  const { atlas } = bundle
  if (picture || !atlas || !image || atlas.width === image.width) return ''
  return (
    `Stored pictures are ${atlas.width} × ${atlas.height} pixels and the encoder takes ` +
    `${image.width} × ${image.height}: this is one enlarged.`
  )
}
