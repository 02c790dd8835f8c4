/** A normal distribution for each class of codes. */
import type { Table } from '@uwdata/flechette'
import { gaussian, type Random } from '../space/random'
import { numbers } from './tables'

export interface Gaussian {
  readonly mean: Float32Array
  /** Lower Cholesky factor (d²), row by row, or standard deviations (d). */
  readonly factor: Float32Array
}

export function gaussiansFrom(table: Table, size: number): Map<number, Gaussian> {
  const labels = numbers(table, 'label', Int32Array)
  const means = numbers(table, 'mean', Float32Array)
  const factors = table.getChild('factor')
  const all = new Map<number, Gaussian>()
  labels.forEach((label, row) => {
    const factor = Float32Array.from(factors.at(row) as Iterable<number>)
    all.set(label, { mean: means.subarray(row * size, (row + 1) * size), factor })
  })
  return all
}

/** Draws one code: mean + factor ε. */
export function drawFrom({ mean, factor }: Gaussian, random: Random): Float32Array {
  const d = mean.length
  const noise = Float32Array.from(mean, () => gaussian(random))
  if (factor.length === d) return mean.map((m, i) => m + factor[i] * noise[i])
  return mean.map((m, i) => {
    let sum = m
    for (let j = 0; j <= i; j++) sum += factor[i * d + j] * noise[j]
    return sum
  })
}
