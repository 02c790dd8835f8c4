/** The codes that an image has on the way of a move. */
import { isStill, type Move, movedImage, partOf } from '../images/moves'
import type { ImageShape } from '../images/pixels'

export interface Step {
  /** How much of the move is done, from 0 to 1. */
  readonly share: number
  readonly code: Float32Array
}

/** Two to this power are the parts of a way. */
const HALVINGS = 5

/** The end, the middle, the quarters, and so on. */
const ORDER: readonly number[] = Array.from({ length: HALVINGS + 1 }, (_, halving) => {
  const parts = 2 ** halving
  return Array.from({ length: parts }, (__, i) => (i + 1) / parts)
})
  .flat()
  .filter((share, i, all) => all.indexOf(share) === i)

interface Wanted {
  readonly image: Float32Array
  readonly move: Move
  told(steps: readonly Step[]): void
  failed(error: unknown): void
}

/** Follows the latest move alone: those before it are given up after the image that is at the encoder. */
export class Walk {
  private wanted: Wanted | null = null
  private busy = false
  private start: { readonly image: Float32Array; readonly code: Float32Array } | null = null

  constructor(
    private readonly shape: ImageShape,
    private readonly encode: (image: Float32Array) => Promise<Float32Array>,
  ) {}

  /** Tells where the way begins and ends, and then ever more of what lies between. */
  follow(wanted: Wanted): void {
    this.wanted = wanted
    void this.work()
  }

  stop(): void {
    this.wanted = null
  }

  private async work(): Promise<void> {
    if (this.busy) return
    this.busy = true
    while (this.wanted) {
      const job = this.wanted
      try {
        await this.go(job)
      } catch (error) {
        if (this.wanted === job) job.failed(error)
      }
      if (this.wanted === job) this.wanted = null
    }
    this.busy = false
  }

  private async go(job: Wanted): Promise<void> {
    const { image, move } = job
    if (this.start?.image !== image) this.start = { image, code: await this.encode(image) }
    let steps: readonly Step[] = [{ share: 0, code: this.start.code }]
    if (isStill(move)) return this.tell(job, steps)
    for (const share of ORDER) {
      if (this.wanted !== job) return
      const code = await this.encode(movedImage(image, this.shape, partOf(move, share)))
      steps = [...steps, { share, code }].sort((one, other) => one.share - other.share)
      this.tell(job, steps)
    }
  }

  private tell(job: Wanted, steps: readonly Step[]): void {
    if (this.wanted === job) job.told(steps)
  }
}
