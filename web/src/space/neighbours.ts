/** Nearest codes, by Euclidean distance. */
export interface Near {
  readonly indices: Uint32Array
  /** Nearest first. */
  readonly distances: Float32Array
}

/** The k codes (N × size) nearest to one. */
export function nearestCodes(
  codes: Float32Array,
  size: number,
  code: Float32Array,
  k: number,
): Near {
  const count = codes.length / size
  const length = Math.min(k, count)
  const indices = new Uint32Array(length)
  const distances = new Float32Array(length).fill(Infinity)
  let worst = Infinity
  for (let i = 0, at = 0; i < count; i++, at += size) {
    let distance = 0
    for (let j = 0; j < size && distance < worst; j++) {
      const difference = codes[at + j] - code[j]
      distance += difference * difference
    }
    if (distance >= worst) continue
    let place = length - 1
    while (place > 0 && distances[place - 1] > distance) {
      distances[place] = distances[place - 1]
      indices[place] = indices[place - 1]
      place--
    }
    distances[place] = distance
    indices[place] = i
    worst = distances[length - 1]
  }
  return { indices, distances: distances.map(Math.sqrt) }
}

/** Shares of the classes among neighbours, the largest first. */
export function shares(
  indices: Uint32Array,
  labels: Int32Array,
): { label: number; share: number }[] {
  const counts = new Map<number, number>()
  for (const index of indices) {
    const label = labels[index]
    if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  return [...counts]
    .map(([label, count]) => ({ label, share: count / indices.length }))
    .sort((a, b) => b.share - a.share)
}

/**
 * How typical a spot is: the share of codes that lie more alone than it, by the distance to the tenth
 * neighbour. `spacing` holds the 101 percentiles of that distance over all codes.
 */
export function typicality(distances: Float32Array, spacing: readonly number[]): number | null {
  const tenth = distances[Math.min(9, distances.length - 1)]
  if (tenth === undefined || spacing.length === 0) return null
  return spacing.filter((distance) => distance >= tenth).length / spacing.length
}
