/** The columns in use, once they have come: the one that colours the points, and those that filter. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Column } from '../bundle/columns'
import type { Bundle } from '../bundle/open'
import { unmark } from './filters'
import type { State } from './state'

export class Columns {
  /** What colours the points; until it has come, what did before. */
  readonly chosen: ReadonlySignal<Column>
  /** (N,) 1 where all filters let a point through; null without filters. */
  readonly marked: ReadonlySignal<Uint8Array | null>
  /** How many points all filters let through. */
  readonly passing: ReadonlySignal<number>
  /** (N,) 1 where a point is selected, if some are, and all other columns' filters let it through. */
  readonly besides: ReadonlySignal<Uint8Array | null>
  /** By their names. */
  readonly known: ReadonlySignal<ReadonlyMap<string, Column>>

  constructor(
    private readonly bundle: Bundle,
    private readonly state: State,
    failed: (name: string, error: unknown) => void,
  ) {
    const known = signal<ReadonlyMap<string, Column>>(new Map([['', bundle.classes]]))
    this.known = known
    let last: Column = bundle.classes
    this.chosen = computed(() => (last = known.value.get(state.colour.value) ?? last))
    this.marked = computed(() => this.marks(null, null))
    this.passing = computed(
      () => this.marked.value?.reduce((sum, mark) => sum + mark, 0) ?? bundle.points.count,
    )
    this.besides = computed(() => this.marks(this.chosen.value.name, state.selection.value))
    effect(() => {
      for (const name of [state.colour.value, ...state.filters.value.keys()]) {
        if (known.peek().has(name)) continue
        bundle.values(name).then(
          (column) => column && (known.value = new Map(known.value).set(name, column)),
          (error) => failed(name, error),
        )
      }
    })
  }

  /** Whether the filters let a point through. */
  lets(index: number): boolean {
    const marked = this.marked.value
    return !marked || marked[index] === 1
  }

  private marks(except: string | null, selection: Uint32Array | null): Uint8Array | null {
    const { count } = this.bundle.points
    const filters = [...this.state.filters.value].filter(([name]) => name !== except)
    if (filters.length === 0 && !selection) return null
    const marked = new Uint8Array(count)
    if (selection) for (const index of selection) marked[index] = 1
    else marked.fill(1)
    for (const [name, filter] of filters) {
      const column = this.known.value.get(name)
      if (column) unmark(marked, column, filter)
    }
    return marked
  }
}
