/**
 * How many points a frame may draw. Points come in random order, so the first ones are a fair sample:
 * while something moves, as many are drawn as the machine has shown that it can; at rest, all of them.
 * Rest is when nothing has been moved for a while. How long a frame takes says nothing about that.
 */
const SLOW_MS = 34
const FAST_MS = 20
const REST_MS = 120
/** Drawing all of a million points takes long itself, between two moves of a hand. */
const AGAIN_MS = 1000
const FEWEST = 3000
const START = 20_000

export class PointBudget {
  private most: number
  /** The largest number that has not been too slow yet. */
  private ceiling: number
  private movedAt = -Infinity
  private recolouredAt = -Infinity
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly count: number,
    private readonly drawAgain: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.ceiling = count
    this.most = Math.min(count, START)
  }

  /** Something moves: the camera by a hand, or the points on their way to another view. */
  move(): void {
    this.movedAt = this.now()
    clearTimeout(this.timer)
    if (this.most < this.count) this.timer = setTimeout(this.drawAgain, REST_MS + 10)
  }

  /** Colours change; by a hand that moves, where they did so just before. */
  recolour(): void {
    const now = this.now()
    if (now - this.recolouredAt <= AGAIN_MS) this.move()
    this.recolouredAt = now
  }

  get resting(): boolean {
    return this.now() - this.movedAt > REST_MS
  }

  /** The number for a frame that is drawn now. */
  take(): number {
    return this.resting ? this.count : Math.min(this.count, Math.round(this.most))
  }

  /** Learns from a frame drawn in motion: how long it was until the next could begin. */
  learn(ms: number): void {
    if (ms > SLOW_MS) {
      this.ceiling = Math.max(FEWEST, 0.8 * this.most)
      this.most = Math.max(FEWEST, 0.6 * this.most)
    } else if (ms < FAST_MS) this.most = Math.min(this.ceiling, 1.3 * this.most)
  }
}
