/** Points on their way: from view to view, and from epoch to epoch of the film. */
import type { View } from '../space/views'

const MORPH_MS = 600

export type Place = [number, number, number]

export class Motion {
  /** Where points began to move to where they are in the view, (N × 3). */
  start: Float32Array = new Float32Array(0)
  /** Whether the way is one between epochs, which everything else goes on through. */
  film = false
  private end: View | null = null
  private began = -Infinity
  private ms = MORPH_MS
  private before = 0
  private after = 0

  /** @param pace how long the way between two epochs takes */
  begin(view: View, solid: boolean, pace: number): void {
    const still = !this.end || matchMedia('(prefers-reduced-motion: reduce)').matches
    this.film = Boolean(this.end?.rows || view.rows)
    this.start = still ? view.positions : this.places()
    this.ms = this.film ? pace : MORPH_MS
    this.end = view
    this.before = this.after
    this.after = solid ? 1 : 0
    this.began = still ? -Infinity : performance.now()
  }

  /** How much of the time has gone. */
  get share(): number {
    return Math.min(1, (performance.now() - this.began) / this.ms)
  }

  /** How much of the way is behind them: slow at both ends. */
  get moved(): number {
    const { share } = this
    return share < 1 ? share * share * (3 - 2 * share) : 1
  }

  /** From 0, flat, to 1. */
  solid(moved: number): number {
    return this.before + moved * (this.after - this.before)
  }

  /** Where a point is now. */
  place(index: number): Place {
    const { moved, start } = this
    const end = this.end?.positions ?? start
    const at = (axis: number) => {
      const to = end[3 * index + axis]
      return moved === 1 ? to : start[3 * index + axis] * (1 - moved) + to * moved
    }
    return [at(0), at(1), at(2)]
  }

  private places(): Float32Array {
    const { moved, start } = this
    const end = this.end?.positions ?? start
    return moved === 1 ? end : end.map((to, i) => start[i] + moved * (to - start[i]))
  }
}
