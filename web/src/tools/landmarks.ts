/**
 * What short paths go by: how images change, and codes that ways may lead over, decoded once for
 * each condition.
 */
import type { Explorer } from '../explorer/explorer'
import { type Decode, decodedOf, type Landmarks, someCodes } from '../space/shortPaths'

/** As many as are decoded in about a second. */
const MOST = 400
/** The most numbers that their images take together, 64 MB. */
const NUMBERS = 2 ** 24
/** Those that are given to the decoder together. */
const TOGETHER = 16

const found = new WeakMap<Explorer, Map<number | null, Promise<Landmarks>>>()

/**
 * Images whose distances are how far the decoded image goes: by each decoder of an ensemble, over
 * √k, so that a distance is the root mean square over them (E[JᵀJ], arXiv:2408.07507).
 */
export function changing({ bundle, label, networks }: Explorer, stale?: () => boolean): Decode {
  const k = bundle.space.ensemble?.decoders ?? 1
  return async (codes) => {
    if (!networks) throw new Error('this bundle has no decoder')
    const images = await networks.decodeEach(codes, label, stale)
    return k === 1 ? images : images.map((value) => value / Math.sqrt(k))
  }
}

export function landmarksOf(explorer: Explorer): Promise<Landmarks> {
  const { label } = explorer
  const known = found.get(explorer) ?? new Map<number | null, Promise<Landmarks>>()
  found.set(explorer, known)
  let landmarks = known.get(label)
  if (!landmarks) {
    landmarks = decodedLandmarks(explorer)
    known.set(label, landmarks)
    landmarks.catch(() => known.delete(label))
  }
  return landmarks
}

async function decodedLandmarks(explorer: Explorer): Promise<Landmarks> {
  const { points, space } = explorer.bundle
  const { channels, height, width } = explorer.image ?? { channels: 1, height: 1, width: 1 }
  const numbers = channels * height * width * (space.ensemble?.decoders ?? 1)
  const most = Math.max(1, Math.min(MOST, Math.floor(NUMBERS / numbers)))
  const codes = someCodes(points.codes, points.size, most)
  const decode = changing(explorer)
  const images: Float32Array[] = []
  for (let from = 0; from < codes.length; from += TOGETHER)
    images.push(...(await decodedOf(codes.slice(from, from + TOGETHER), decode)))
  return { codes, images }
}
