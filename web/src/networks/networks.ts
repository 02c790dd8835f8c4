/** The page's side of the networks: images to codes and back, in a worker. */
import type { Bundle } from '../bundle/open'
import type { Progress } from '../bundle/source'
import type { JudgeFile } from '../bundle/space'
import type { Feed, Reply, Request, Role } from './messages'
import { DecodingQueue } from './queue'

// Distributes over the union, which Omit does not.
type Unnumbered = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never

/** The numbers that a judge gives of an image. */
const READING = 3

/** What a judge makes of an image. */
export interface Reading {
  /** The class that it is most like. */
  readonly label: number
  /** How often that is right of real images that look as clear, 0 … 1. */
  readonly sure: number
  /** The share of real images that are no more ordinary, 0 … 1. */
  readonly ordinary: number
  /** Whether it is ordinary enough to be one of that class. */
  readonly legible: boolean
}

export class Networks {
  private readonly pending = new Map<number, (reply: Reply) => void>()
  private readonly opening = new Map<string, Promise<void>>()
  private readonly queue: DecodingQueue
  private sent = 0
  private stopped = ''
  private wasm: Promise<unknown>

  constructor(
    private readonly bundle: Bundle,
    private readonly worker: Worker,
    wasm: Promise<string | ArrayBuffer>,
  ) {
    this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      this.pending.get(data.id)?.(data)
      this.pending.delete(data.id)
    }
    this.worker.onerror = (event) => {
      const reason = event.message || 'no reason given'
      const error = `What runs the networks has stopped (${reason}); reload the page.`
      this.stopped = error
      for (const [id, settle] of this.pending) settle({ id, error })
      this.pending.clear()
    }
    this.wasm = wasm.then((found) => this.ask({ kind: 'wasm', wasm: found }))
    this.wasm.catch(() => undefined)
    this.queue = new DecodingQueue(
      (values, batch, label, file) => this.run(file, { values, batch, label }),
      bundle.points.size,
    )
  }

  /** The file of the decoder that training ended with. */
  get trained(): string {
    return this.bundle.space.decoder?.file ?? ''
  }

  /** Fetches and opens a network, once. */
  open(role: Role, progress?: Progress, file = this.bundle.space[role]?.file ?? ''): Promise<void> {
    let opening = this.opening.get(file)
    if (!opening) {
      opening = this.openOnce(role, file, progress)
      this.opening.set(file, opening)
    }
    return opening
  }

  /** Decodes one code before all else; resolves to null when a newer one came first. */
  async decodeFirst(
    code: Float32Array,
    label: number | null,
    file = this.trained,
  ): Promise<Float32Array> {
    await this.open('decoder', undefined, file)
    const began = performance.now()
    const image = await new Promise<Float32Array>((done, failed) =>
      this.queue.first({ codes: code, count: 1, label, file, done, failed }),
    )
    performance.measure('decode', { start: began })
    return image
  }

  /** Decodes (B × d) codes to (B × C × H × W) when there is time. */
  async decode(
    codes: Float32Array,
    label: number | null,
    stale?: () => boolean,
    file = this.trained,
  ): Promise<Float32Array> {
    await this.open('decoder', undefined, file)
    return this.queued(codes, label, file, stale)
  }

  /** Decodes (B × d) codes by each of k decoders, one after the other: (B × k × C × H × W). */
  async decodeEach(
    codes: Float32Array,
    label: number | null,
    stale?: () => boolean,
  ): Promise<Float32Array> {
    const { ensemble } = this.bundle.space
    if (!ensemble) return this.decode(codes, label, stale)
    await this.open('ensemble')
    return this.queued(codes, label, ensemble.file, stale)
  }

  /** Encodes one image (C × H × W) in [0, 1]. */
  async encode(image: Float32Array, label: number | null): Promise<Float32Array> {
    await this.open('encoder')
    return this.run(this.bundle.space.encoder?.file ?? '', { values: image, batch: 1, label })
  }

  /** Says which class an image (C × H × W) in [0, 1] reads as. */
  async read(image: Float32Array): Promise<Reading> {
    await this.open('judge')
    const { file, limit } = this.bundle.space.judge as JudgeFile
    const [label, sure, ordinary] = await this.run(file, { values: image, batch: 1, label: null })
    return { label, sure, ordinary, legible: ordinary >= limit }
  }

  private queued(
    codes: Float32Array,
    label: number | null,
    file: string,
    stale?: () => boolean,
  ): Promise<Float32Array> {
    const count = codes.length / this.bundle.points.size
    return new Promise((done, failed) =>
      this.queue.add({ codes, count, label, file, done, failed, ...(stale ? { stale } : {}) }),
    )
  }

  private async openOnce(role: Role, file: string, progress?: Progress): Promise<void> {
    const { image, code } = this.bundle.space
    if (!file || !image) throw new Error(`this bundle has no ${role}`)
    const onnx = (await this.bundle.bytes(file, progress)).slice(0)
    await this.wasm // which says itself why it cannot be had
    const shape = [image.channels, image.height, image.width]
    const takes = role === 'decoder' || role === 'ensemble' ? [code.size] : shape
    const decoders = this.bundle.space.ensemble?.decoders ?? 1
    const several = [decoders * image.channels, image.height, image.width]
    const gives = { encoder: [code.size], decoder: shape, ensemble: several, judge: [READING] }[
      role
    ]
    await this.ask({ kind: 'open', role, file, onnx, takes, gives })
    performance.mark(`${role} ready`)
  }

  private async run(file: string, feed: Feed): Promise<Float32Array> {
    const reply = await this.ask({ kind: 'run', file, feed })
    return reply.values ?? new Float32Array(0)
  }

  private ask(request: Unnumbered): Promise<Reply> {
    const id = this.sent++
    if (this.stopped) return Promise.reject(new Error(this.stopped))
    return new Promise((done, failed) => {
      this.pending.set(id, (reply) => (reply.error ? failed(new Error(reply.error)) : done(reply)))
      const transfer = request.kind === 'open' ? [request.onnx] : []
      this.worker.postMessage({ ...request, id }, transfer)
    })
  }
}
