/** Finds the nearest of many points in a plane: points are sorted into the cells of a grid. */
export class Grid {
  private readonly side: number
  private readonly left: number
  private readonly bottom: number
  private readonly cell: number
  private readonly starts: Uint32Array
  private readonly members: Uint32Array

  /**
   * @param positions (N × 3), of which the first two numbers count.
   * @param rows those to find, where not all are
   */
  constructor(
    private readonly positions: Float32Array,
    rows?: Uint32Array,
  ) {
    const count = rows?.length ?? positions.length / 3
    const [left, bottom, right, top] = bounds(positions, rows)
    const row = (n: number) => (rows ? rows[n] : n)
    this.side = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(count / 2))))
    this.cell = Math.max(right - left, top - bottom, 1e-9) / this.side
    this.left = left
    this.bottom = bottom
    const cells = new Uint32Array(count)
    this.starts = new Uint32Array(this.side * this.side + 1)
    for (let n = 0; n < count; n++) {
      const at = 3 * row(n)
      cells[n] = this.row(positions[at + 1]) * this.side + this.column(positions[at])
      this.starts[cells[n] + 1]++
    }
    for (let c = 0; c < this.side * this.side; c++) this.starts[c + 1] += this.starts[c]
    const next = this.starts.slice()
    this.members = new Uint32Array(count)
    for (let n = 0; n < count; n++) this.members[next[cells[n]]++] = row(n)
  }

  /** The point nearest to (x, y) within a reach, −1 where there is none. */
  nearest(x: number, y: number, reach = Infinity, wanted?: (index: number) => boolean): number {
    const column = this.column(x)
    const row = this.row(y)
    let best = -1
    let least = reach * reach
    for (let ring = 0; ring < this.side; ring++) {
      // A ring's cells are at least this far from (x, y), which may lie outside the grid.
      const gap = (ring - 1) * this.cell
      if (ring > 0 && gap > 0 && gap * gap > least) break
      for (let r = row - ring; r <= row + ring; r++) {
        if (r < 0 || r >= this.side) continue
        const step = r === row - ring || r === row + ring ? 1 : Math.max(1, 2 * ring)
        for (let c = column - ring; c <= column + ring; c += step) {
          if (c < 0 || c >= this.side) continue
          const cell = r * this.side + c
          for (let m = this.starts[cell]; m < this.starts[cell + 1]; m++) {
            const i = this.members[m]
            const dx = this.positions[3 * i] - x
            const dy = this.positions[3 * i + 1] - y
            const distance = dx * dx + dy * dy
            if (distance < least && (!wanted || wanted(i))) {
              least = distance
              best = i
            }
          }
        }
      }
    }
    return best
  }

  private column(x: number): number {
    return Math.max(0, Math.min(this.side - 1, Math.floor((x - this.left) / this.cell)))
  }

  private row(y: number): number {
    return Math.max(0, Math.min(this.side - 1, Math.floor((y - this.bottom) / this.cell)))
  }
}

/** Left, bottom, right, top of positions (N × 3), or of some of them. */
export function bounds(
  positions: Float32Array,
  rows?: Uint32Array,
): [number, number, number, number] {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity]
  const count = rows?.length ?? positions.length / 3
  for (let n = 0; n < count; n++) {
    const i = 3 * (rows ? rows[n] : n)
    left = Math.min(left, positions[i])
    right = Math.max(right, positions[i])
    bottom = Math.min(bottom, positions[i + 1])
    top = Math.max(top, positions[i + 1])
  }
  return [left, bottom, right, top]
}
