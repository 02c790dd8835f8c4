/** What sliders move along: the code's own numbers, or the principal directions of all codes. */
import type { Points } from './points'
import type { LinearView } from './views'

export interface Direction {
  readonly name: string
  /** Where a code lies along it. */
  measure(code: ArrayLike<number>): number
  /** The code moved so that it lies at `value`. */
  moved(code: Float32Array, value: number): Float32Array
}

export interface Range {
  readonly low: number
  readonly high: number
  /** Shares of the codes between low and high, the largest 1. */
  readonly histogram: readonly number[]
}

const BINS = 32
const MOST_CODES = 10_000

export function dimension(axis: number): Direction {
  return {
    name: `z${axis + 1}`,
    measure: (code) => code[axis],
    moved: (code, value) => code.map((old, j) => (j === axis ? value : old)),
  }
}

export function principal({ mean, forward, inverse }: LinearView, axis: number): Direction {
  const measure = (code: ArrayLike<number>) =>
    mean.reduce((sum, m, j) => sum + (code[j] - m) * forward[j][axis], 0)
  return {
    name: `direction ${axis + 1}`,
    measure,
    moved: (code, value) => {
      const step = value - measure(code)
      return code.map((old, j) => old + step * inverse[axis][j])
    },
  }
}

/** From the lowest to the highest hundredth of the codes, by a sample of them. */
export function rangeOf(direction: Direction, { codes, count, size }: Points): Range {
  // Points come in random order: the first ones are a sample.
  const sample = Float32Array.from({ length: Math.min(count, MOST_CODES) }, (_, i) =>
    direction.measure(codes.subarray(i * size, (i + 1) * size)),
  ).sort()
  let low = sample[Math.floor(0.005 * (sample.length - 1))]
  let high = sample[Math.ceil(0.995 * (sample.length - 1))]
  if (high - low < 1e-6) [low, high] = [low - 1, high + 1]
  const bins = new Array<number>(BINS).fill(0)
  for (const value of sample) {
    const bin = Math.floor(((value - low) / (high - low)) * BINS)
    if (bin >= 0 && bin < BINS) bins[bin]++
  }
  const most = Math.max(...bins, 1)
  return { low, high, histogram: bins.map((bin) => bin / most) }
}
