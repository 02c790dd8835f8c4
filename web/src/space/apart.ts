/** How far apart codes are. */
import type { Points } from './points'

/** Of more numbers than these, codes are taken at even steps. */
const READ = 5_000_000

/** The root mean squared distance of the codes of two different images. */
export function distanceBetween({ codes, count, size }: Points, read = READ): number {
  const step = Math.max(1, Math.ceil((count * size) / read))
  const mean = new Float64Array(size)
  let [squares, n] = [0, 0]
  for (let i = 0; i < count; i += step) {
    n++
    for (let j = 0; j < size; j++) {
      const value = codes[i * size + j]
      const before = value - mean[j]
      mean[j] += before / n
      squares += before * (value - mean[j])
    }
  }
  return Math.sqrt((2 * squares) / Math.max(1, n - 1))
}
