/** Which categories the legend shows: all where there are few, else the largest. */
import { type Categories, nameOf } from '../bundle/columns'

const MOST = 10
const inOrder = new Intl.Collator('en', { numeric: true })
const known = new WeakMap<Categories, Legend>()

export interface Legend {
  readonly shown: readonly number[]
  /** All of them, where not all are shown. */
  readonly more: readonly number[]
}

/** By name, numbers as numbers; what has no category comes last and is always shown. */
export function legendOf(column: Categories): Legend {
  let legend = known.get(column)
  if (!legend) known.set(column, (legend = makeLegend(column)))
  return legend
}

/** How many points each category has, of those that are marked where some are; first those of none. */
export function countsOf({ labels, names }: Categories, marked: Uint8Array | null): Uint32Array {
  const counts = new Uint32Array(names.length + 1)
  labels.forEach((label, i) => {
    if (!marked || marked[i]) counts[label + 1]++
  })
  return counts
}

function makeLegend(column: Categories): Legend {
  const named = column.present
    .filter((label) => label >= 0)
    .toSorted((a, b) => inOrder.compare(nameOf(column, a), nameOf(column, b)))
  const without = column.present.filter((label) => label < 0)
  if (named.length <= MOST + 2) return { shown: [...named, ...without], more: [] }
  const sizes = countsOf(column, null)
  const bySize = named.toSorted((a, b) => sizes[b + 1] - sizes[a + 1])
  const largest = new Set(bySize.slice(0, MOST))
  const shown = named.filter((label) => largest.has(label))
  return { shown: [...shown, ...without], more: [...named, ...without] }
}
