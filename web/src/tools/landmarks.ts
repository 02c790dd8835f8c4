/** The codes that short paths of an explorer lead over, decoded once for each condition. */
import type { Explorer } from '../explorer/explorer'
import { decodedOf, type Landmarks, someCodes } from '../space/shortPaths'

/** As many as are decoded in about a second. */
const MOST = 400
/** The most numbers that their images take together, 64 MB. */
const NUMBERS = 2 ** 24
/** Those that are given to the decoder together. */
const TOGETHER = 16

const found = new WeakMap<Explorer, Map<number | null, Promise<Landmarks>>>()

export function landmarksOf(explorer: Explorer): Promise<Landmarks> {
  const { label } = explorer
  const known = found.get(explorer) ?? new Map<number | null, Promise<Landmarks>>()
  found.set(explorer, known)
  let landmarks = known.get(label)
  if (!landmarks) {
    landmarks = decodedLandmarks(explorer, label)
    known.set(label, landmarks)
    landmarks.catch(() => known.delete(label))
  }
  return landmarks
}

async function decodedLandmarks(
  { bundle: { points }, image, networks }: Explorer,
  label: number | null,
): Promise<Landmarks> {
  if (!networks || !image) return { codes: [], images: [] }
  const pixels = image.channels * image.height * image.width
  const most = Math.max(1, Math.min(MOST, Math.floor(NUMBERS / pixels)))
  const codes = someCodes(points.codes, points.size, most)
  const images: Float32Array[] = []
  for (let from = 0; from < codes.length; from += TOGETHER) {
    const some = codes.slice(from, from + TOGETHER)
    images.push(...(await decodedOf(some, (given) => networks.decode(given, label))))
  }
  return { codes, images }
}
