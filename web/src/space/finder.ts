/** Asks the neighbours' worker; of several questions in a row only the newest is answered. */
import type { Near } from './neighbours'
import type { Points } from './points'

interface Question {
  readonly code: Float32Array
  readonly k: number
  readonly answer: (near: Near) => void
}

export class Finder {
  private urgent: Question | null = null
  private waiting: Question[] = []
  private asked: Question | null = null

  constructor(
    private readonly worker: Worker,
    points: Points,
    failed: (error: Error) => void,
  ) {
    this.worker.onerror = ({ message }) =>
      failed(
        new Error(
          `The search for neighbours stopped (${message || 'no reason given'}); reload the page.`,
        ),
      )
    this.worker.onmessage = ({ data }: MessageEvent<Near>) => {
      const { asked } = this
      this.asked = null
      this.next()
      asked?.answer(data)
    }
    this.worker.postMessage({ codes: points.codes, size: points.size })
  }

  /** Neighbours of the spot under the pointer; never answered when the pointer has moved on. */
  first(code: Float32Array, k: number, answer: (near: Near) => void): void {
    this.urgent = { code, k, answer }
    this.next()
  }

  near(code: Float32Array, k: number): Promise<Near> {
    return new Promise((answer) => {
      this.waiting.push({ code, k, answer })
      this.next()
    })
  }

  private next(): void {
    if (this.asked) return
    this.asked = this.urgent ?? this.waiting.shift() ?? null
    if (this.asked === this.urgent) this.urgent = null
    if (this.asked) this.worker.postMessage({ code: this.asked.code, k: this.asked.k })
  }
}
