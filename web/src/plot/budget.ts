/**
 * How many points a frame may draw. Points come in random order, so the first ones are a fair sample:
 * while things move, as many are drawn as the machine has shown that it can; at rest, all of them.
 */
const SLOW_MS = 34
const FAST_MS = 20
const REST_MS = 120
const FEWEST = 3000
const START = 20_000

export class PointBudget {
  private most: number
  /** The largest number that has not been too slow yet. */
  private ceiling: number
  private last = -Infinity
  private timer = 0

  constructor(
    private readonly count: number,
    private readonly drawAgain: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.ceiling = count
    this.most = Math.min(count, START)
  }

  /** The number for a frame that is drawn now. */
  take(): number {
    const now = this.now()
    const since = now - this.last
    this.last = now
    if (since > REST_MS) return this.count
    if (since > SLOW_MS) {
      this.ceiling = Math.max(FEWEST, 0.8 * this.most)
      this.most = Math.max(FEWEST, 0.6 * this.most)
    } else if (since < FAST_MS) this.most = Math.min(this.ceiling, 1.3 * this.most)
    clearTimeout(this.timer)
    if (this.most < this.count)
      this.timer = setTimeout(this.drawAgain, REST_MS + 10) as unknown as number
    return Math.min(this.count, Math.round(this.most))
  }
}
