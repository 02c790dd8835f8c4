/** The image of a class that has most of its kind close by. */
import type { Points } from './points'

const MOST = 400
const NEIGHBOUR = 10

/** The point whose tenth neighbour within its class is nearest, of a sample of the class. */
export function mostTypical(
  { codes, count, labels, size }: Points,
  label: number,
  most = MOST,
): number {
  const members: number[] = []
  // Points come in random order: the first ones are a sample.
  for (let i = 0; i < count && members.length < most; i++) if (labels[i] === label) members.push(i)
  const tenth = Math.min(NEIGHBOUR, members.length - 1)
  let best = members[0]
  let least = Infinity
  for (const one of members) {
    const distances = Float64Array.from(members, (other) => {
      let sum = 0
      for (let j = 0; j < size; j++) sum += (codes[one * size + j] - codes[other * size + j]) ** 2
      return sum
    }).sort()
    if (distances[tenth] >= least) continue
    least = distances[tenth]
    best = one
  }
  return best
}
