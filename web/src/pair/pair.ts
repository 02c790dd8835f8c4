/** Two spaces side by side: what is done in one is done in the other, image by image. */
import {
  computed,
  effect,
  type ReadonlySignal,
  type Signal,
  signal,
  untracked,
} from '@preact/signals'
import { writtenFilters } from '../explorer/filterLink'
import { type Filter, type Filters, inOther } from '../explorer/filters'
import type { Explorer } from '../explorer/explorer'
import { codeOf } from '../space/points'
import type { Pin, Spot } from '../explorer/state'
import type { Facts } from './facts'
import { Pins } from './pins'
import type { Side } from './side'

/** How a spot without an image goes across: what it decodes to is encoded, or its code is led. */
export type Way = 'encoded' | 'stitched'

export class Pair {
  /** The side that is pointed at or worked on: it leads, and the other follows. */
  readonly leading: ReadonlySignal<Side>
  /** The side whose tools are shown: that pressed last, since the pointer may cross one on its way. */
  readonly worked: ReadonlySignal<Side>
  readonly way: ReadonlySignal<Way>
  private readonly lead: Signal<Side>
  private readonly work: Signal<Side>
  private readonly wayChosen = signal<Way>('encoded')
  private readonly pins: Pins
  private encoding = false
  /** While a link is read nothing is carried across: it says of each side what that shows. */
  private readonly restoring = signal(true)
  /** Spots that a link gave, which stay until they are left. */
  private restored: readonly (Spot | null)[] = []

  constructor(
    readonly sides: readonly [Side, Side],
    readonly facts: Facts,
  ) {
    this.lead = this.leading = signal(sides[0])
    this.work = this.worked = signal(sides[0])
    this.pins = new Pins(this)
    this.way = computed(() => (this.canEncode ? this.wayChosen.value : 'stitched'))
  }

  get following(): Side {
    return this.other(this.leading.value)
  }

  /** Whether what one side decodes can be encoded by the other. */
  get canEncode(): boolean {
    const [one, two] = this.sides.map(({ explorer }) => explorer.bundle.space)
    const alike = JSON.stringify(one.image) === JSON.stringify(two.image)
    return alike && [one, two].every(({ encoder, decoder }) => encoder && decoder)
  }

  /** The pointer or the focus is in a side. */
  pointAt(side: Side): void {
    this.lead.value = side
  }

  /** A side is pressed, or its tools are asked for. */
  workOn(side: Side): void {
    this.lead.value = this.work.value = side
  }

  choose(way: Way): void {
    this.restored = []
    this.wayChosen.value = way
  }

  /** A link is about to say what both sides show. */
  hold(): void {
    this.restoring.value = true
  }

  /** It has been read; `given` where it said what is decoded. */
  release(given: boolean): void {
    this.restored = given ? this.sides.map(({ explorer }) => explorer.state.spot.value) : []
    this.pins.match()
    this.restoring.value = false
  }

  other(side: Side): Side {
    return side === this.sides[0] ? this.sides[1] : this.sides[0]
  }

  /** Finds the code in the other side of what a side has pinned. */
  async across({ code, picture }: Pin, from: Side): Promise<Float32Array> {
    const own = from.explorer
    const there = this.other(from).explorer
    if (this.way.peek() === 'stitched' || !own.networks || !there.networks) return from.led(code)
    const image = picture ?? (await own.networks.decode(code, own.label))
    return there.networks.encode(image, there.label)
  }

  colourByShared(): void {
    this.sides.forEach(({ explorer }, i) => explorer.actions.colourBy(this.facts.columns[i].name))
  }

  /** Begins to carry what is done in the leading side across. */
  link(): void {
    effect(() => {
      const { explorer, twins } = this.leading.value
      const hovered = explorer.state.hovered.value
      this.following.explorer.actions.hover(hovered < 0 ? -1 : twins[hovered])
    })
    effect(() => this.moveSpot())
    this.carry(
      ({ explorer }) => explorer.state.selection.value,
      (selection, from, to) => select(selection ?? new Uint32Array(0), from, to),
    )
    this.carry(
      ({ explorer }) => explorer.state.pins.value,
      (pins, from, to) => this.pins.carry(pins, from, to),
    )
    this.carry(
      ({ explorer }) => explorer.state.colour.value,
      (name, from, to) => {
        const twin = this.twinOfColumn(name, from)
        if (twin !== null) to.explorer.actions.colourBy(twin)
      },
    )
    this.carry(
      ({ explorer }) => explorer.state.filters.value,
      (filters, from, to) => this.carryFilters(filters, from, to),
    )
  }

  /** Tells the following side of a value whenever it changes in the leading one, not when that changes. */
  private carry<T>(read: (side: Side) => T, tell: (value: T, from: Side, to: Side) => void): void {
    const known = new Map<Side, T>()
    effect(() => {
      const from = this.leading.value
      const value = read(from)
      if (this.restoring.value) return known.clear()
      untracked(() => {
        if (known.size === 0) for (const side of this.sides) known.set(side, read(side))
        if (value === known.get(from)) return
        const to = this.other(from)
        tell(value, from, to)
        known.set(from, value).set(to, read(to))
      })
    })
  }

  private moveSpot(): void {
    const from = this.leading.value
    const to = this.other(from)
    const spot = from.explorer.state.spot.value
    if (this.restoring.value || !spot || FOLLOWS.includes(spot.origin)) return
    if (this.restored.includes(spot)) return
    if (this.way.value === 'stitched') {
      const code = from.led(spot.code)
      return to.explorer.actions.go({ code, origin: 'stitched', certainty: 'exact' })
    }
    const { twin } = from
    if (twin < 0) return void this.encode(from, from.explorer.state.decoded.value)
    const code = codeOf(to.explorer.bundle.points, twin)
    to.explorer.actions.go({ code, origin: 'twin', certainty: 'exact', index: twin })
  }

  /** Encodes what is decoded, the latest alone: those that come meanwhile but one are passed over. */
  private async encode(from: Side, image: Float32Array | null): Promise<void> {
    const to = this.other(from)
    const { networks } = to.explorer
    if (!image || !networks || this.encoding) return
    this.encoding = true
    try {
      const code = await networks.encode(image, to.explorer.label)
      if (from === this.leading.value && from.twin < 0) {
        to.explorer.actions.go({ code, origin: 'encoded', certainty: 'exact' })
      }
    } catch (error) {
      to.explorer.actions.fail('notice', error)
    } finally {
      this.encoding = false
    }
    const latest = from.explorer.state.decoded.value
    if (latest !== image && from === this.leading.value && from.twin < 0) {
      await this.encode(from, latest)
    }
  }

  /** What a column is called in the other side, where it has one of that kind; null where it has none. */
  private twinOfColumn(name: string, from: Side): string | null {
    const [own, there] = [from, this.other(from)].map(({ explorer }) => columnsOf(explorer))
    const shared = this.facts.columns.findIndex((column) => column.name === name)
    if (shared >= 0) return this.facts.columns[1 - this.sides.indexOf(from)].name
    return own.get(name) !== undefined && own.get(name) === there.get(name) ? name : null
  }

  private carryFilters(filters: Filters, from: Side, to: Side): void {
    const carried = [...filters].map(([name, filter]) => this.carryFilter(name, filter, from, to))
    Promise.all(carried).catch((error) => to.explorer.actions.fail('notice', error))
    for (const name of to.explorer.state.filters.value.keys()) {
      const own = this.twinOfColumn(name, to)
      if (own !== null && !filters.has(own)) to.explorer.actions.filter(name, null)
    }
  }

  private async carryFilter(name: string, filter: Filter, from: Side, to: Side): Promise<void> {
    const { actions, bundle, state } = to.explorer
    const twin = this.twinOfColumn(name, from)
    if (twin === null) return
    const [own, there] = await Promise.all([from.explorer.bundle.values(name), bundle.values(twin)])
    if (!own || !there || from.explorer.state.filters.value.get(name) !== filter) return
    const meant = inOther(filter, own, there)
    const now = state.filters.value.get(twin)
    if (!now || written(now) !== written(meant)) actions.filter(twin, meant)
  }
}

function written(filter: Filter): string {
  return writtenFilters(new Map([['', filter]]))
}

/** Where a side's spot comes from the other. */
const FOLLOWS: readonly string[] = ['twin', 'encoded', 'stitched']

/** The kinds of an explorer's columns by their names, '' being the classes. */
function columnsOf({ bundle }: Explorer): ReadonlyMap<string, string> {
  return new Map([
    ['', 'category'],
    ...bundle.space.columns.map(({ name, kind }): [string, string] => [name, kind]),
  ])
}

/** Selects the same images in the other side, and says how many of them it lacks. */
function select(selection: Uint32Array, from: Side, to: Side): void {
  const twins = from.twinsOf(selection)
  const lacking = selection.length - twins.length
  to.explorer.actions.select(twins)
  if (lacking === 0) return
  const [some, all] = [lacking, selection.length].map((count) => count.toLocaleString('en'))
  to.explorer.actions.tell(`${some} of the ${all} images selected in ${from.name} are not here.`)
}
