/** The explorer: a bundle and its networks, what is shown of them, and what can be done to that. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Bundle } from '../bundle/open'
import type { Host } from '../bundle/source'
import type { Space } from '../bundle/space'
import type { ImageShape } from '../images/pixels'
import { Networks } from '../networks/networks'
import type { Field } from '../space/fields'
import { Finder } from '../space/finder'
import { type Near, nearestCodes } from '../space/neighbours'
import { makeLinear, makeTable, ownDimensions, type View, viewsOf } from '../space/views'
import { type Actions, actionsOn } from './actions'
import { chosenAxes, firstView, linearOf } from './choices'
import { sameCodes, sameImages } from './collapse'
import { Columns } from './columns'
import { Filming, followFilm } from './filming'
import { fieldOf } from './overlays'
import { followReading } from './reading'
import { makeState, type Origin, type State } from './state'

const NEAR = 50
/** What moves a spot within an epoch of the film, whose decoder then decodes it. */
const FILMED: readonly Origin[] = ['pointer', 'keys', 'film', 'earlier']
/** Of a film's few points. */
const NEAR_IN_FILM = 10

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
  readonly state: State
  readonly actions: Actions
  readonly networks: Networks | null
  readonly finder: Finder
  readonly image: ImageShape | null
  readonly views: ReturnType<typeof viewsOf>
  /** The view chosen, with all codes in place. */
  readonly view: ReadonlySignal<View>
  readonly columns: Columns
  readonly filming: Filming
  /** The points that are on the film, while it is shown. */
  private readonly rows: ReadonlySignal<Uint32Array | null>
  /** (N,) 1 where a point is to be seen; null where all are. */
  readonly visible: ReadonlySignal<Uint8Array | null>
  /** What lies behind the points, once it is made. */
  readonly field = signal<Field | null>(null)
  private readonly tables = signal(new Map<string, Float32Array>())

  constructor(
    readonly bundle: Bundle,
    host: Host,
    engine: Engine | null,
  ) {
    const { space, points } = bundle
    const state = makeState()
    this.state = state
    this.actions = actionsOn(state, bundle)
    this.image = space.image ?? null
    this.views = viewsOf(space.code.size, space.views)
    this.filming = new Filming(bundle, state)
    const trained = computed(() => this.makeView())
    this.view = computed(() => {
      const frame = this.filming.frame.value
      const rows = this.filming.film.value?.rows
      return (frame && rows && trained.value.placed(rows, frame)) || trained.value
    })
    this.columns = new Columns(bundle, state, (name, error) => this.forgo(name, error))
    this.rows = computed(() => this.view.value.rows)
    this.visible = computed(() => this.filmed(this.columns.marked.value))
    this.finder = new Finder(host.neighboursWorker(), points, (error) =>
      this.actions.fail('notice', error),
    )
    this.networks = engine && new Networks(bundle, engine.worker, engine.wasm)
    const first = firstView(space)
    const { axes } = this.views.find(({ name }) => name === first) ?? this.views[0]
    this.actions.showView(first, chosenAxes(axes, false), false)
    if (space.decoder) this.openDecoder()
    if (bundle.atlas) bundle.atlas.failed = (error) => this.showNoPictures(error)
    this.actions.sayCollapsed(sameCodes(points))
    this.follow()
  }

  /** Names of the views that place any code. */
  get linear(): string[] {
    const { views } = this.bundle.space
    const tables = new Set(views.filter((view) => 'file' in view).map(({ name }) => name))
    return this.views.map(({ name }) => name).filter((name) => !tables.has(name))
  }

  /** Of marked points, or of all, those on the film while it is shown. */
  filmed(marked: Uint8Array | null): Uint8Array | null {
    const rows = this.rows.value
    if (!rows) return marked
    const visible = new Uint8Array(this.bundle.points.count)
    for (const row of rows) visible[row] = marked ? marked[row] : 1
    return visible
  }

  /** Whether a point is to be seen: filters let it through, and the film has it. */
  shows(index: number): boolean {
    const visible = this.visible.value
    return !visible || visible[index] === 1
  }

  get conditional(): boolean {
    return Boolean(this.bundle.space.decoder?.conditional)
  }

  /** The class given to conditional networks, null for others. */
  get label(): number | null {
    return this.conditional ? this.state.condition.value : null
  }

  /** Shows a view once its table, if it has one, has come. */
  async look(name: string, solid: boolean, shown?: readonly number[]): Promise<void> {
    const view = this.views.find((other) => other.name === name)
    if (!view) return
    const table = this.bundle.space.views.find((other) => other.name === name)
    if (table && 'file' in table && !this.tables.value.has(name)) {
      const positions = await this.bundle.column(table.file, 'position')
      this.tables.value = new Map(this.tables.value).set(name, positions)
    }
    const { viewName, shown: before } = this.state
    const same = viewName.value === name ? before.value : []
    if (!this.linear.includes(name)) this.actions.showEpoch(null)
    const axes = chosenAxes(view.axes, solid, shown, same)
    this.actions.showView(name, axes, axes.length === 3)
  }

  goToPlace(x: number, y: number, origin: Origin): void {
    const { code, certainty } = this.view.value.codeAt(x, y)
    this.actions.go({ code, certainty, origin, place: [x, y] })
  }

  private showNoPictures(error: Error): void {
    if (this.state.look.value === 'pictures') this.actions.showLook('points')
    this.actions.fail('notice', `Stored pictures are not shown: ${error.message}.`)
  }

  /** Goes on without a column that does not come. */
  private forgo(name: string, error: unknown): void {
    const { actions, state } = this
    actions.fail('notice', error)
    if (state.colour.value === name) actions.colourBy('')
    if (state.filters.value.has(name)) actions.filter(name, null)
  }

  private openDecoder(): void {
    const { actions, state } = this
    const opening = this.networks?.open('decoder', (share) => actions.countDecoder(0.9 * share))
    opening?.then(
      () => actions.countDecoder(1),
      (error) => actions.fail('decoder', error),
    )
    const looking = opening?.then(() => this.networks && sameImages(this.networks, this.bundle))
    looking?.then(
      (sentence) => sentence && !state.collapsed.value && actions.sayCollapsed(sentence),
      () => undefined, // the decoder's failure is said already
    )
  }

  /** Decodes the current spot, and finds its neighbours, whenever its code changes. */
  private follow(): void {
    const { actions, bundle, networks, state } = this
    const current = computed(() => state.spot.value?.code ?? null)
    // Pins, selections and tools hold codes of the end.
    const inFilm = computed(() => FILMED.includes(state.spot.value?.origin ?? 'start'))
    effect(() => {
      const code = current.value
      const label = this.label
      if (!code || !networks || !bundle.space.decoder) return
      const file = inFilm.value ? this.filming.decoder : undefined
      networks.decodeFirst(code, label, file).then(
        (image) => actions.showDecoded(image),
        (error) => actions.fail('decoder', error),
      )
    })
    effect(() => {
      const [name, view] = [state.field.value, this.view.value]
      fieldOf(bundle, view, name).then(
        (field) => {
          if (state.field.value === name && this.view.value === view) this.field.value = field
        },
        (error) => actions.fail('notice', error),
      )
    })
    effect(() => {
      const code = current.value
      const frame = this.filming.frame.value
      if (!code) return
      if (frame) actions.showNear(this.nearInFilm(frame, code))
      else this.finder.first(code, NEAR, (near) => actions.showNear(near))
    })
    followFilm(this)
    followReading(this)
  }

  private nearInFilm(frame: Float32Array, code: Float32Array): Near {
    const rows = this.filming.film.peek()?.rows
    const near = nearestCodes(frame, this.bundle.points.size, code, NEAR_IN_FILM)
    return { ...near, indices: near.indices.map((n) => rows?.[n] ?? n) }
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
    const linear = linearOf(space, about.name) ?? ownDimensions(points.size)
    return makeLinear({ ...about, axes }, linear, shown.value, points)
  }
}
