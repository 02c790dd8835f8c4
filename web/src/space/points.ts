/** All codes of a space, with their classes. */
export interface Points {
  readonly count: number
  /** d, how many dimensions a code has. */
  readonly size: number
  /** (N × d) */
  readonly codes: Float32Array
  /** (N,) indices into the classes, −1 where unlabelled. */
  readonly labels: Int32Array
}

export function codeOf({ codes, size }: Points, index: number): Float32Array {
  return codes.slice(index * size, (index + 1) * size)
}

/** The mean code of some points; zeros where there are none. */
export function meanOf({ codes, size }: Points, indices: ArrayLike<number>): Float32Array {
  const sum = new Float64Array(size)
  for (let n = 0; n < indices.length; n++) {
    for (let j = 0; j < size; j++) sum[j] += codes[indices[n] * size + j]
  }
  return Float32Array.from(sum, (value) => value / Math.max(1, indices.length))
}

export function meanOfClass(points: Points, label: number): Float32Array {
  const members: number[] = []
  for (let i = 0; i < points.count; i++) if (points.labels[i] === label) members.push(i)
  return meanOf(points, members)
}
