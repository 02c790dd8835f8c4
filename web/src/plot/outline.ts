/** What a drawn outline encloses. */
export type Spot = readonly [number, number]

/** The corners of the box between the first and the last spot. */
export function boxOf(spots: readonly Spot[]): Spot[] {
  const [ax, ay] = spots[0]
  const [bx, by] = spots[spots.length - 1]
  return [
    [ax, ay],
    [bx, ay],
    [bx, by],
    [ax, by],
  ]
}

/** Whether (x, y) is within a closed outline (even-odd rule). */
export function encloses(outline: readonly Spot[], x: number, y: number): boolean {
  let inside = false
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [xi, yi] = outline[i]
    const [xj, yj] = outline[j]
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
  }
  return inside
}
