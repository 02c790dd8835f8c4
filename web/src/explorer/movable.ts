/** Which pins have an image that the encoder can see moved. */
import type { Explorer } from './explorer'
import type { Pin } from './state'

export function isMovable({ bundle }: Explorer, { index, picture }: Pin): boolean {
  const stored = index !== null && bundle.atlas !== null
  return bundle.space.encoder !== undefined && (stored || picture !== null)
}
