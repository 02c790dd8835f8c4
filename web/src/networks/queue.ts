/**
 * The order in which work reaches the decoder: what the pointer asks for first, and of that only the
 * newest; then everything else, first come first served, in chunks short enough not to be in the way.
 */
export interface Job {
  /** Codes laid end to end. */
  readonly codes: Float32Array
  readonly count: number
  readonly label: number | null
  /** The file of the decoder. */
  readonly file: string
  done(images: Float32Array): void
  failed(error: Error): void
  /** No longer wanted: the job is dropped before it starts, or between its chunks. */
  readonly stale?: () => boolean
}

type Run = (
  codes: Float32Array,
  count: number,
  label: number | null,
  file: string,
) => Promise<Float32Array>

interface Waiting {
  readonly job: Job
  readonly parts: Float32Array[]
  next: number
}

const LARGEST = 16
const PATIENCE_MS = 6

export class DecodingQueue {
  private urgent: Job | null = null
  private waiting: Waiting[] = []
  private busy = false
  private perImage = PATIENCE_MS

  constructor(
    private readonly run: Run,
    private readonly size: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Work for the pointer. An older one that has not started is forgotten. */
  first(job: Job): void {
    this.urgent = job
    void this.work()
  }

  add(job: Job): void {
    this.waiting.push({ job, parts: [], next: 0 })
    void this.work()
  }

  private async work(): Promise<void> {
    if (this.busy) return
    this.busy = true
    while (await this.step());
    this.busy = false
  }

  private async step(): Promise<boolean> {
    if (this.urgent) {
      const job = this.urgent
      this.urgent = null
      await this.run(job.codes, job.count, job.label, job.file).then(job.done, job.failed)
      return true
    }
    const entry = this.waiting[0]
    if (!entry) return false
    if (entry.job.stale?.()) this.waiting.shift()
    else await this.chunk(entry)
    return true
  }

  private async chunk(entry: Waiting): Promise<void> {
    const { job } = entry
    const fitting = Math.round(PATIENCE_MS / this.perImage)
    const count = Math.min(job.count - entry.next, Math.max(1, Math.min(LARGEST, fitting)))
    const codes = job.codes.slice(entry.next * this.size, (entry.next + count) * this.size)
    const began = this.now()
    try {
      entry.parts.push(await this.run(codes, count, job.label, job.file))
    } catch (error) {
      this.remove(entry)
      job.failed(error as Error)
      return
    }
    this.perImage = 0.7 * this.perImage + 0.3 * Math.max(0.01, (this.now() - began) / count)
    entry.next += count
    if (entry.next < job.count) return
    this.remove(entry)
    job.done(joined(entry.parts))
  }

  private remove(entry: Waiting): void {
    this.waiting = this.waiting.filter((other) => other !== entry)
  }
}

function joined(parts: Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]
  const all = new Float32Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
