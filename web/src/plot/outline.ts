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

const BANDS = 256

/** Tells whether spots are within a closed outline (even-odd rule), each by the edges at its height. */
export function enclosed(outline: readonly Spot[]): (x: number, y: number) => boolean {
  const heights = outline.map(([, y]) => y)
  const [low, high] = [Math.min(...heights), Math.max(...heights)]
  const bandOf = (y: number) => Math.min(BANDS - 1, Math.floor((BANDS * (y - low)) / (high - low)))
  const bands: number[][] = Array.from({ length: BANDS }, () => [])
  outline.forEach(([xi, yi], i) => {
    const [xj, yj] = outline[(i || outline.length) - 1]
    if (yi === yj) return
    for (let band = bandOf(Math.min(yi, yj)); band <= bandOf(Math.max(yi, yj)); band++) {
      bands[band].push(xi, yi, xj, yj)
    }
  })
  return (x, y) => {
    if (!(y >= low && y < high)) return false
    const edges = bands[bandOf(y)]
    let inside = false
    for (let e = 0; e < edges.length; e += 4) {
      const yi = edges[e + 1]
      const yj = edges[e + 3]
      if (yi > y === yj > y) continue
      const xi = edges[e]
      if (x < ((edges[e + 2] - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
    }
    return inside
  }
}
