/** How often values of each size occur. */
export interface Bins {
  /** Where the first bin begins. */
  readonly from: number
  readonly width: number
  readonly count: number
}

export const MOST_BINS = 48

/** Bins of one width from low to high; of whole numbers each bin holds as many as the next. */
export function binsOf(low: number, high: number, whole: boolean): Bins {
  if (whole) {
    const width = Math.ceil((high - low + 1) / MOST_BINS)
    return { from: low - 0.5, width, count: Math.ceil((high - low + 1) / width) }
  }
  if (high === low) return { from: low - 0.5, width: 1, count: 1 }
  return { from: low, width: (high - low) / MOST_BINS, count: MOST_BINS }
}

/** How many of the values lie in each bin, of those that are marked where some are. */
export function countsIn(
  bins: Bins,
  values: Float64Array,
  marked: Uint8Array | null,
): Uint32Array<ArrayBuffer> {
  const counts = new Uint32Array(bins.count)
  values.forEach((value, i) => {
    if (Number.isNaN(value) || (marked && !marked[i])) return
    // The largest value belongs to the last bin.
    counts[Math.min(bins.count - 1, Math.floor((value - bins.from) / bins.width))]++
  })
  return counts
}

/** Where a value lies, from 0 at the beginning of the first bin to 1 at the end of the last. */
export function shareOf({ from, width, count }: Bins, value: number): number {
  return (value - from) / (width * count)
}

export function valueAt({ from, width, count }: Bins, share: number): number {
  return from + share * width * count
}
