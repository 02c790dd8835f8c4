/** Which classes the legend shows: all where there are few, else the largest. */
import type { Bundle } from '../bundle/open'

const MOST = 10
const inOrder = new Intl.Collator('en', { numeric: true })
const known = new WeakMap<Bundle, Legend>()

export interface Legend {
  readonly shown: readonly number[]
  /** All of them, where not all are shown. */
  readonly more: readonly number[]
}

/** By name, numbers as numbers; unlabelled points come last and are always shown. */
export function legendOf(bundle: Bundle): Legend {
  let legend = known.get(bundle)
  if (!legend) known.set(bundle, (legend = makeLegend(bundle)))
  return legend
}

function makeLegend(bundle: Bundle): Legend {
  const named = bundle.labels
    .filter((label) => label >= 0)
    .toSorted((a, b) => inOrder.compare(bundle.className(a), bundle.className(b)))
  const unlabelled = bundle.labels.filter((label) => label < 0)
  if (named.length <= MOST + 2) return { shown: [...named, ...unlabelled], more: [] }
  const sizes = new Map<number, number>()
  for (const label of bundle.points.labels) sizes.set(label, (sizes.get(label) ?? 0) + 1)
  const size = (label: number) => sizes.get(label) ?? 0
  const largest = new Set(named.toSorted((a, b) => size(b) - size(a)).slice(0, MOST))
  const shown = named.filter((label) => largest.has(label))
  return { shown: [...shown, ...unlabelled], more: [...named, ...unlabelled] }
}
