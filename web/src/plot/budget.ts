/**
 * How many points a frame may draw. Points come in random order, so the first ones are a fair sample:
 * where frames take too long, a sample is drawn while things move, and all of them once they rest.
 */
const SLOW_MS = 34
const FAST_MS = 20
const REST_MS = 120
const FEWEST = 4000

export class PointBudget {
  private most: number
  private last = -Infinity
  private timer = 0

  constructor(
    private readonly count: number,
    private readonly drawAgain: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.most = count
  }

  /** The number for a frame that is drawn now. */
  take(): number {
    const now = this.now()
    const since = now - this.last
    this.last = now
    if (since > REST_MS) return this.count
    if (since > SLOW_MS) this.most = Math.max(FEWEST, Math.min(this.most, this.count) * 0.6)
    else if (since < FAST_MS) this.most = Math.min(this.count, this.most * 1.15)
    clearTimeout(this.timer)
    if (this.most < this.count) this.timer = setTimeout(this.drawAgain, REST_MS + 10) as unknown as number
    return Math.round(this.most)
  }
}
