/** What a view of more numbers than it has axes is true to: the codes' spread, and who is near whom. */
import type { Points } from './points'

export interface Kept {
  /** The share of the codes' variance that a place in the view tells, by least squares. */
  readonly spread: number
  /** Of the nearest codes of a code, the share that is nearest in the view as well. */
  readonly neighbours: number
  /** How many codes were asked for that. */
  readonly asked: number
}

const SPREAD_OF = 5000
const COMPARED = 4e7
const MOST_ASKED = 500
const LEAST_ASKED = 50

/** R² of codes given their places (N × 3), the third number 0 in a plane. */
export function spreadKept({ codes, count, size }: Points, positions: Float32Array): number {
  const step = Math.max(1, Math.floor(count / SPREAD_OF))
  const rows = Array.from({ length: Math.ceil(count / step) }, (_, n) => n * step)
  const centred = (values: Float32Array, each: number, column: number) => {
    const numbers = Float64Array.from(rows, (row) => values[row * each + column])
    const mean = numbers.reduce((sum, value) => sum + value, 0) / rows.length
    return numbers.map((value) => value - mean)
  }
  const dot = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, value, n) => sum + value * b[n], 0)
  const directions: Float64Array[] = []
  for (let a = 0; a < 3; a++) {
    const direction = centred(positions, 3, a)
    const before = dot(direction, direction)
    for (const other of directions) {
      const along = dot(direction, other)
      other.forEach((value, n) => (direction[n] -= along * value))
    }
    const length = Math.sqrt(dot(direction, direction))
    if (length > 1e-6 * Math.sqrt(before)) directions.push(direction.map((value) => value / length))
  }
  let [told, whole] = [0, 0]
  for (let j = 0; j < size; j++) {
    const column = centred(codes, size, j)
    whole += dot(column, column)
    for (const direction of directions) told += dot(column, direction) ** 2
  }
  return whole > 0 ? Math.min(1, told / whole) : 1
}

/** The rows of the k places nearest to that of a row, itself left out. */
export function nearestPlaces(positions: Float32Array, row: number, k: number): number[] {
  const [x, y, z] = positions.subarray(3 * row, 3 * row + 3)
  const found: number[] = []
  const distances: number[] = []
  for (let i = 0; i < positions.length / 3; i++) {
    const dx = positions[3 * i] - x
    const dy = positions[3 * i + 1] - y
    const dz = positions[3 * i + 2] - z
    const distance = dx * dx + dy * dy + dz * dz
    if (i === row || (found.length === k && distance >= distances[k - 1])) continue
    let at = Math.min(found.length, k - 1)
    for (; at > 0 && distances[at - 1] > distance; at--) {
      distances[at] = distances[at - 1]
      found[at] = found[at - 1]
    }
    distances[at] = distance
    found[at] = i
  }
  return found
}

/**
 * What a view keeps, found bit by bit so that nothing waits for it; null where it was abandoned.
 * @param neighbours (N × k) nearest codes of each
 */
export async function whatIsKept(
  points: Points,
  neighbours: Uint32Array,
  k: number,
  positions: Float32Array,
  abandoned: () => boolean,
): Promise<Kept | null> {
  const { count } = points
  const most = Math.max(LEAST_ASKED, Math.min(MOST_ASKED, Math.floor(COMPARED / count)))
  const asked = Math.min(count, most)
  let common = 0
  let begun = performance.now()
  for (let n = 0; n < asked; n++) {
    if (performance.now() - begun > 8) {
      await new Promise((resolve) => setTimeout(resolve))
      if (abandoned()) return null
      begun = performance.now()
    }
    const row = Math.floor((n * count) / asked)
    const own = new Set(neighbours.subarray(row * k, (row + 1) * k))
    common += nearestPlaces(positions, row, k).filter((i) => own.has(i)).length
  }
  return {
    spread: spreadKept(points, positions),
    neighbours: common / (asked * k),
    asked,
  }
}
