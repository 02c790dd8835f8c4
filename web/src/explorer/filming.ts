/** The film of the training: opened when it is first asked for, and what is shown of it. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import { type Film, openFilm } from '../bundle/film'
import type { Bundle } from '../bundle/open'
import { nearestCodes } from '../space/neighbours'
import { codeOf } from '../space/points'
import { rowsOf } from '../space/views'
import type { Explorer } from './explorer'
import type { State } from './state'

/** How long it plays, and how long it may stay at an epoch. */
const PLAYS_MS = 9000
const SHORTEST_MS = 60
const LONGEST_MS = 600
const SCRUB_MS = 200
/** How much of the film is within sight. */
const IN_SIGHT = 0.999

export class Filming {
  readonly film = signal<Film | null>(null)
  /** The codes (n × d) of the film's points, where an epoch is shown. */
  readonly frame: ReadonlySignal<Float32Array | null>
  private opening: Promise<Film> | null = null

  constructor(
    private readonly bundle: Bundle,
    private readonly state: State,
  ) {
    this.frame = computed(() => {
      const epoch = state.epoch.value
      return epoch === null ? null : (this.film.value?.codes(epoch) ?? null)
    })
  }

  open(): Promise<Film> {
    const { film } = this.bundle.space
    if (!film) return Promise.reject(new Error('this bundle has no film of its training'))
    this.opening ??= openFilm(this.bundle, film).then((opened) => (this.film.value = opened))
    return this.opening
  }

  /** How long the points take from one epoch to the next. */
  get pace(): number {
    if (!this.state.playing.peek()) return SCRUB_MS
    const epochs = this.film.peek()?.epochs.length ?? 1
    return Math.max(SHORTEST_MS, Math.min(LONGEST_MS, PLAYS_MS / epochs))
  }

  /** What is shown: the epoch whose weights the bundle has, where it is no other. */
  get epoch(): number {
    return this.state.epoch.value ?? this.bundle.space.film?.shown ?? 0
  }

  /** The epoch whose decoder is nearest to the one that is shown, of those there are. */
  private get decoding(): number {
    const { epoch } = this
    const film = this.film.value
    if (!film || !this.frame.value) return epoch
    const known = [film.shown, ...film.decoders.keys()]
    return known.reduce((a, b) => (Math.abs(b - epoch) < Math.abs(a - epoch) ? b : a))
  }

  /** The file of what decodes now; undefined for the trained decoder. */
  get decoder(): string | undefined {
    return this.film.value?.decoders.get(this.decoding)
  }

  /** What is shown and decoded where it is not the end. */
  get sentence(): string {
    const images = this.film.peek()?.rows.length.toLocaleString('en')
    const { decoding, epoch } = this
    const by =
      decoding === epoch
        ? 'its own decoder'
        : decoding === this.film.peek()?.shown
          ? 'the trained decoder'
          : `the decoder of epoch ${decoding}`
    return `${images} images after epoch ${epoch}, decoded by ${by}`
  }
}

/** Shows an epoch, in a view that can; views without a formula place the end alone. */
export async function showEpoch(explorer: Explorer, epoch: number): Promise<void> {
  const { actions, filming, state } = explorer
  const film = await filming.open()
  const [view] = explorer.linear.includes(state.viewName.value)
    ? [state.viewName.value]
    : explorer.linear.toReversed()
  if (view !== state.viewName.value) {
    actions.tell(`${explorer.view.value.title} places the end alone: another view shows the way.`)
    await explorer.look(view, state.solid.value)
  }
  const shown = epoch === film.shown ? null : epoch
  if (shown !== null && state.epoch.value === null) stepBack(explorer, film)
  actions.showEpoch(shown)
}

/** From the first camera, goes as far back as all epochs need: their scale is one and the same. */
function stepBack({ actions, state, view }: Explorer, film: Film): void {
  const { x, y, zoom } = state.camera.value
  if (x !== 0 || y !== 0 || zoom !== 1) return
  const far = film.epochs.flatMap((epoch) => {
    const placed = view.value.placed(film.rows, film.codes(epoch))
    return placed ? [...rowsOf(placed.positions, 3, film.rows)].map(Math.abs) : []
  })
  far.sort((a, b) => a - b)
  const needed = far[Math.floor(IN_SIGHT * (far.length - 1))] ?? 1
  actions.moveCamera({ zoom: Math.max(0.2, Math.min(1, 1 / needed)) })
}

/** Goes so many of the film's epochs on or back. */
export async function stepEpoch(explorer: Explorer, by: number): Promise<void> {
  const { epochs } = await explorer.filming.open()
  explorer.actions.play(false)
  const at = epochs.indexOf(explorer.filming.epoch) + by
  await showEpoch(explorer, epochs[Math.max(0, Math.min(epochs.length - 1, at))])
}

/** Goes on by itself to the last epoch: from the first, where the end is shown. */
export function playFilm(explorer: Explorer): () => void {
  const { actions, filming, state } = explorer
  let fresh = true
  return effect(() => {
    const film = filming.film.value
    const began = fresh && state.epoch.value === null
    fresh = !state.playing.value
    if (fresh || !film) return
    const last = film.epochs.length - 1
    const next = began ? 0 : film.epochs.indexOf(filming.epoch) + 1
    if (next > last) return actions.play(false)
    const timer = setTimeout(
      () => void showEpoch(explorer, film.epochs[next]),
      began ? 0 : filming.pace,
    )
    return () => clearTimeout(timer)
  })
}

/** Keeps the pointer's place, or else follows one image, through the epochs. */
export function followFilm(explorer: Explorer): void {
  const { actions, bundle, filming, state } = explorer
  let before: Float32Array | null = null
  effect(() => {
    const frame = filming.frame.value
    const film = filming.film.peek()
    const spot = state.spot.peek()
    if (frame === before || !film || !spot) return
    const last = before ?? film.codes(film.shown)
    before = frame
    if (spot.place && (spot.origin === 'pointer' || spot.origin === 'keys')) {
      return explorer.goToPlace(...spot.place, spot.origin)
    }
    const row = spot.index === undefined ? -1 : film.rows.indexOf(spot.index)
    const n = row < 0 ? nearestCodes(last, bundle.points.size, spot.code, 1).indices[0] : row
    const { size } = bundle.points
    const index = film.rows[n]
    const code = frame ? frame.slice(n * size, (n + 1) * size) : codeOf(bundle.points, index)
    actions.go({ code, origin: 'film', certainty: 'exact', index })
  })
}
