/** A model that has collapsed: whatever is asked of it, the answer is the same. */
import type { Bundle } from '../bundle/open'
import type { Networks } from '../networks/networks'
import { codeOf, type Points } from '../space/points'

const LOOKED_AT = 12
/** Less than what one step of a byte shows. */
const SAME = 1 / 255

/** A sentence where all images have one code, else nothing. */
export function sameCodes({ codes, count, size }: Points): string {
  if (count < 2) return ''
  const differs = codes.some((value, i) => Math.abs(value - codes[i % size]) > 1e-6)
  return differs
    ? ''
    : `All ${count.toLocaleString('en')} images have the same code: this model tells none from another.`
}

/** A sentence where codes from all over decode to one image, else nothing. */
export async function sameImages(networks: Networks, { points, space }: Bundle): Promise<string> {
  if (points.count < 2) return ''
  const codes = new Float32Array(LOOKED_AT * points.size)
  for (let n = 0; n < LOOKED_AT; n++) {
    const index = Math.floor((n * (points.count - 1)) / (LOOKED_AT - 1))
    codes.set(codeOf(points, index), n * points.size)
  }
  const images = await networks.decode(codes, space.decoder?.conditional ? 0 : null)
  const length = images.length / LOOKED_AT
  const differs = images.some((value, i) => Math.abs(value - images[i % length]) >= SAME)
  return differs
    ? ''
    : 'Every code here decodes to the same image: the decoder has learnt to ignore the code.'
}
