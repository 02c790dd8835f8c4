/** In which order the images of a selection are shown. */
import type { Bundle } from '../bundle/open'
import type { Points } from '../space/points'

/** `typical`, `pin:4`, or `column:age`; `column:` are the classes. */
export type Order = string

const COLUMN = 'column:'

/**
 * The selection sorted: what is nearest to the pin, has its neighbours nearest, or the least value comes
 * first, or last where it is reversed. What has no value comes last in any case.
 */
export async function ordered(
  bundle: Bundle,
  selection: Uint32Array,
  order: Order,
  pin: Float32Array | null,
  reversed: boolean,
): Promise<Uint32Array> {
  return sorted(selection, await keyOf(bundle, order, pin), reversed)
}

async function keyOf(
  bundle: Bundle,
  order: Order,
  pin: Float32Array | null,
): Promise<(index: number) => number> {
  const { points } = bundle
  if (pin) return (i) => distance(points, i, pin)
  if (order.startsWith(COLUMN)) {
    const column = await bundle.values(order.slice(COLUMN.length))
    if (column?.labels) return (i) => (column.labels[i] < 0 ? NaN : column.labels[i])
    return (i) => column?.numbers[i] ?? NaN
  }
  const { neighbours, k } = await bundle.details()
  if (k === 0) return () => 0
  const { codes, size } = points
  return (i) => {
    const last = neighbours[i * k + k - 1]
    return distance(points, i, codes.subarray(last * size, (last + 1) * size))
  }
}

function sorted(
  indices: Uint32Array,
  key: (index: number) => number,
  reversed: boolean,
): Uint32Array {
  const keys = new Map<number, number>()
  for (const index of indices) keys.set(index, reversed ? -key(index) : key(index))
  const of = (index: number) => keys.get(index) ?? NaN
  return indices.toSorted((a, b) => {
    const missing = Number(Number.isNaN(of(a))) - Number(Number.isNaN(of(b)))
    return missing || of(a) - of(b) || 0
  })
}

function distance({ codes, size }: Points, index: number, code: Float32Array): number {
  let sum = 0
  for (let j = 0; j < size; j++) sum += (codes[index * size + j] - code[j]) ** 2
  return sum
}
