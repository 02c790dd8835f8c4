/** The explorer: a bundle, its networks, the state, and what a person can do to it. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Gaussian } from './bundle/gaussians'
import type { Bundle } from './bundle/open'
import type { Space } from './bundle/space'
import { Networks } from './networks/networks'
import { HOME } from './plot/camera'
import type { Host } from './source'
import { Finder } from './space/finder'
import { linearView, makeLinear, makeTable, ownDimensions, type View, viewsOf } from './space/views'
import { type Area, makeState, type Pin, type Spot, type State } from './state'
import type { ImageShape } from './ui/pixels'

const NEAR = 50
const READING_MS = 5000

/** What runs the networks, under way before the points are there. */
export interface Engine {
  readonly worker: Worker
  readonly wasm: Promise<string | ArrayBuffer>
}

export function startEngine(space: Space, host: Host): Engine | null {
  if (!(space.decoder || space.encoder) || !space.image) return null
  return { worker: host.networksWorker(), wasm: host.wasm() }
}

export class Explorer {
  readonly state: State = makeState()
  readonly networks: Networks | null
  readonly finder: Finder
  readonly image: ImageShape | null
  readonly views: ReturnType<typeof viewsOf>
  readonly counts: ReadonlySignal<Uint32Array>
  private readonly tables = signal(new Map<string, Float32Array>())
  private readonly present: readonly number[]
  private pinned = 0

  constructor(
    readonly bundle: Bundle,
    host: Host,
    engine: Engine | null,
  ) {
    const { space } = bundle
    this.image = space.image ?? null
    this.present = presentIn(bundle)
    this.views = viewsOf(space)
    this.finder = new Finder(host, bundle.points)
    this.networks = engine && new Networks(bundle, engine.worker, engine.wasm)
    this.counts = computed(() => this.countClasses())
    this.state.shown.value = this.views[0].axes > 1 ? [0, 1] : [0]
    if (space.decoder) this.openDecoder()
    effect(() => this.follow(this.state.spot.value, this.state.condition.value))
  }

  /** The view chosen, with all codes in place. */
  readonly view: ReadonlySignal<View> = computed(() => this.makeView())

  get conditional(): boolean {
    return Boolean(this.bundle.space.decoder?.conditional)
  }

  /** The class given to conditional networks, null for others. */
  get label(): number | null {
    return this.conditional ? this.state.condition.value : null
  }

  fail(area: Area, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    this.state.trouble.value = { ...this.state.trouble.value, [area]: message }
  }

  /** Shows a sentence for a while. */
  tell(sentence: string): void {
    this.fail('notice', sentence)
    const { trouble } = this.state
    setTimeout(() => {
      if (trouble.value.notice === sentence) trouble.value = { ...trouble.value, notice: '' }
    }, READING_MS)
  }

  className(label: number): string {
    return label < 0 ? 'unlabelled' : (this.bundle.space.classes[label] ?? `class ${label}`)
  }

  codeOf(index: number): Float32Array {
    const { codes, size } = this.bundle.points
    return codes.slice(index * size, (index + 1) * size)
  }

  async look(name: string, solid: boolean, shown?: readonly number[]): Promise<void> {
    const view = this.views.find((other) => other.name === name)
    if (!view) return
    const table = this.bundle.space.views.find((other) => other.name === name)
    if (table && 'file' in table && !this.tables.value.has(name)) {
      const positions = await this.bundle.column(table.file, 'position')
      this.tables.value = new Map(this.tables.value).set(name, positions)
    }
    const { state } = this
    const deep = solid && view.axes > 2
    const wanted = Math.min(deep ? 3 : 2, view.axes)
    const fits = shown?.length === wanted && shown.every((axis) => axis < view.axes)
    const first = Array.from({ length: wanted }, (_, axis) => axis)
    const kept = state.viewName.value === name ? grown(state.shown.value, wanted) : first
    state.camera.value = { ...HOME, yaw: state.camera.value.yaw, pitch: state.camera.value.pitch }
    state.viewName.value = name
    state.shown.value = fits ? shown : kept
    state.solid.value = deep
  }

  /** Moves the current spot: it is decoded, and its neighbours are found. */
  go(spot: Spot): void {
    this.state.spot.value = spot
  }

  goToPlace(x: number, y: number, origin: Spot['origin']): void {
    const { code, certainty } = this.view.value.codeAt(x, y)
    this.go({ code, certainty, origin, place: [x, y] })
  }

  pin(wanted: Omit<Pin, 'key' | 'title'> & { title?: string }): void {
    const { pins } = this.state
    const { index } = wanted
    if (index !== null && pins.value.some((pin) => pin.index === index)) return
    const key = ++this.pinned
    let { title } = wanted
    if (title === undefined) {
      title = index === null ? 'a spot' : `${this.className(this.bundle.points.labels[index])}`
    }
    pins.value = [{ ...wanted, title, key }, ...pins.value]
  }

  pinPoint(index: number): void {
    this.pin({ index, code: this.codeOf(index), picture: null })
  }

  unpin(key: number): void {
    this.state.pins.value = this.state.pins.value.filter((pin) => pin.key !== key)
  }

  /** Shows one class alone, or all again where it is alone already. */
  solo(label: number): void {
    const others = this.labels().filter((other) => other !== label)
    const { hidden } = this.state
    const alone = others.every((other) => hidden.value.has(other)) && !hidden.value.has(label)
    hidden.value = new Set(alone ? [] : others)
  }

  toggle(label: number): void {
    const hidden = new Set(this.state.hidden.value)
    if (!hidden.delete(label)) hidden.add(label)
    this.state.hidden.value = hidden
  }

  /** The classes that have points, −1 for unlabelled ones. */
  labels(): readonly number[] {
    return this.present
  }

  /** What codes are drawn from, once it is there. */
  async drawing(): Promise<{ draws: Map<string, Float32Array>; gaussians: Map<number, Gaussian> }> {
    const [draws, gaussians] = await Promise.all([this.bundle.draws(), this.bundle.gaussians()])
    return { draws, gaussians }
  }

  classMean(label: number): Float32Array {
    const { codes, labels, size, count } = this.bundle.points
    return this.mean(
      Array.from({ length: count }, (_, i) => i).filter((i) => labels[i] === label),
      codes,
      size,
    )
  }

  meanOf(indices: Uint32Array): Float32Array {
    return this.mean(Array.from(indices), this.bundle.points.codes, this.bundle.points.size)
  }

  private openDecoder(): void {
    const { decoderShare } = this.state
    const opening = this.networks?.open('decoder', (share) => (decoderShare.value = 0.9 * share))
    opening?.then(
      () => (decoderShare.value = 1),
      (error) => this.fail('decoder', error),
    )
  }

  private follow(spot: Spot | null, _condition: number): void {
    if (!spot) return
    if (this.bundle.space.decoder && this.networks) {
      this.networks.decodeFirst(spot.code, this.label).then(
        (image) => (this.state.decoded.value = image),
        (error) => this.fail('decoder', error),
      )
    }
    this.finder.first(spot.code, NEAR, (near) => (this.state.near.value = near))
  }

  private makeView(): View {
    const { viewName, shown } = this.state
    const { points, space } = this.bundle
    const name = viewName.value
    const about = this.views.find((view) => view.name === name) ?? this.views[0]
    const kept = space.views.find((view) => view.name === name)
    const table = this.tables.value.get(name)
    if (kept && 'file' in kept && table) return makeTable(kept, table, shown.value, points)
    const axes = Array.from({ length: about.axes }, (_, a) => `${a + 1}`)
    const linear = kept && 'forward' in kept ? linearView(kept) : ownDimensions(points.size)
    return makeLinear({ ...about, axes }, linear, shown.value, points)
  }

  private countClasses(): Uint32Array {
    const { labels } = this.bundle.points
    const counts = new Uint32Array(this.bundle.space.classes.length + 1)
    const selection = this.state.selection.value
    if (selection) for (const index of selection) counts[labels[index] + 1]++
    else for (const label of labels) counts[label + 1]++
    return counts
  }

  private mean(indices: number[], codes: Float32Array, size: number): Float32Array {
    const sum = new Float64Array(size)
    for (const i of indices) for (let j = 0; j < size; j++) sum[j] += codes[i * size + j]
    return Float32Array.from(sum, (value) => value / Math.max(1, indices.length))
  }
}

/** Takes the first axes, or adds those that are missing. */
function grown(axes: readonly number[], wanted: number): number[] {
  const out = axes.slice(0, wanted)
  for (let axis = 0; out.length < wanted; axis++) if (!out.includes(axis)) out.push(axis)
  return out
}

/** Labels that occur, in order, −1 for unlabelled points last. */
function presentIn({ points, space }: Bundle): number[] {
  const seen = new Set(points.labels)
  const labels = space.classes.map((_, label) => label).filter((label) => seen.has(label))
  return seen.has(-1) ? [...labels, -1] : labels
}
