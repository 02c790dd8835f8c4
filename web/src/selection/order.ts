/** In which order the images of a selection are shown. */
import type { Bundle } from '../bundle/open'
import type { Points } from '../space/points'

/** `typical`, `class`, or `pin:4`. */
export type Order = string

/** The selection sorted; what is nearest to the pin, or has its neighbours nearest, comes first. */
export async function ordered(
  bundle: Bundle,
  selection: Uint32Array,
  order: Order,
  pin: Float32Array | null,
): Promise<Uint32Array> {
  const { points } = bundle
  if (order === 'class') return sorted(selection, (i) => points.labels[i])
  if (pin) return sorted(selection, (i) => distance(points, i, pin))
  const { neighbours, k } = await bundle.details()
  if (k === 0) return selection
  const { codes, size } = points
  return sorted(selection, (i) => {
    const last = neighbours[i * k + k - 1]
    return distance(points, i, codes.subarray(last * size, (last + 1) * size))
  })
}

function sorted(indices: Uint32Array, key: (index: number) => number): Uint32Array {
  const keys = new Map<number, number>()
  for (const index of indices) keys.set(index, key(index))
  return indices.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0))
}

function distance({ codes, size }: Points, index: number, code: Float32Array): number {
  let sum = 0
  for (let j = 0; j < size; j++) sum += (codes[index * size + j] - code[j]) ** 2
  return sum
}
