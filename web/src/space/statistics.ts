/** By which dimensions two groups of codes differ, with the false discoveries among them held down. */
import type { Points } from './points'

export interface Difference {
  readonly dimension: number
  /** Mean of the first group − mean of the second. */
  readonly step: number
  /** That step in standard deviations of the two groups (Cohen's d). */
  readonly effect: number
  /** Welch's t-test. */
  readonly p: number
}

/** Of a group of codes, number by number. */
export interface Moments {
  readonly count: number
  readonly mean: Float64Array
  /** Unbiased. */
  readonly variance: Float64Array
}

export const FALSE_DISCOVERIES = 0.05

/** Welch's t-test of each dimension; each group needs at least two codes. */
export function differences(a: Moments, b: Moments): Difference[] {
  return Array.from(a.mean, (_, dimension) => {
    const step = a.mean[dimension] - b.mean[dimension]
    const [va, vb] = [a.variance[dimension] / a.count, b.variance[dimension] / b.count]
    const freedom =
      (va + vb) ** 2 / (va ** 2 / (a.count - 1) + vb ** 2 / (b.count - 1)) || a.count + b.count - 2
    const spread = Math.sqrt((a.variance[dimension] + b.variance[dimension]) / 2)
    const p = va + vb > 0 ? twoSided(step / Math.sqrt(va + vb), freedom) : step === 0 ? 1 : 0
    return { dimension, step, effect: spread > 0 ? step / spread : 0, p }
  })
}

/** Those that differ at a false-discovery rate (Benjamini and Hochberg 1995), the strongest first. */
export function discoveries(all: readonly Difference[], rate = FALSE_DISCOVERIES): Difference[] {
  const sorted = all.toSorted((one, other) => one.p - other.p)
  const last = sorted.findLastIndex(({ p }, i) => p <= (rate * (i + 1)) / sorted.length)
  return sorted
    .slice(0, last + 1)
    .sort((one, other) => Math.abs(other.effect) - Math.abs(one.effect))
}

export function momentsOf({ codes, size }: Points, indices: ArrayLike<number>): Moments {
  const count = indices.length
  const mean = new Float64Array(size)
  const variance = new Float64Array(size)
  // Two plain sums: quicker, of many codes, than one that moves a mean along, and as exact.
  for (let n = 0; n < count; n++) {
    const start = indices[n] * size
    for (let j = 0; j < size; j++) mean[j] += codes[start + j]
  }
  for (let j = 0; j < size; j++) mean[j] /= Math.max(1, count)
  for (let n = 0; n < count; n++) {
    const start = indices[n] * size
    for (let j = 0; j < size; j++) variance[j] += (codes[start + j] - mean[j]) ** 2
  }
  return { count, mean, variance: variance.map((sum) => sum / (count - 1)) }
}

/** P(|T| ≥ |t|) of Student's t. */
export function twoSided(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
}

/** Regularised, by its continued fraction (Lentz's method). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges quickly on this side alone.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(
    a * Math.log(x) + b * Math.log(1 - x) - (logGamma(a) + logGamma(b) - logGamma(a + b)),
  )
  const tiny = 1e-300
  let c = 1
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny)
  let value = d
  for (let m = 1; m < 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    for (const term of [even, odd]) {
      d = 1 / (1 + term * d || tiny)
      c = 1 + term / c || tiny
      value *= d * c
    }
    if (Math.abs(d * c - 1) < 1e-13) break
  }
  return (front * value) / a
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
]

function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const sum = LANCZOS.reduce((total, c, i) => total + (i ? c / (x - 1 + i) : c), 0)
  const t = x + 6.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}
