/** Codes that a path can begin and end at: pins, and typical images and means of the classes. */
import type { Explorer } from '../explorer/explorer'
import type { DraggedEnds, PathEnd } from '../explorer/state'
import { codeOf, meanOfClass } from '../space/points'
import { mostTypical } from '../space/typical'

export interface End {
  /** `pin:4`, `typical:3`, `class:3` for its mean, or `dragged:from` */
  readonly value: string
  readonly title: string
}

export function endsOf(explorer: Explorer): End[] {
  const pins = explorer.state.pins.value.toReversed().map(({ key, title }) => ({
    value: `pin:${key}`,
    title: `pin ${key} · ${title}`,
  }))
  const { bundle } = explorer
  const means = bundle.labels
    .filter((label) => label >= 0)
    .map((label) => ({ value: `class:${label}`, title: `mean of ${bundle.className(label)}` }))
  // The mean of a class of two kinds looks like neither: its most typical image does not.
  const typical = means.map(({ value }) => {
    const label = Number(value.slice('class:'.length))
    return { value: `typical:${label}`, title: `a typical ${bundle.className(label)}` }
  })
  const dragged = (['from', 'to'] as const)
    .filter((end) => explorer.state.dragged.value[end])
    .map((end) => ({ value: `dragged:${end}`, title: `${end === 'from' ? 'A' : 'B'}, dragged` }))
  return [...pins, ...typical, ...means, ...dragged]
}

export function codeAtEnd(
  explorer: Explorer,
  value: string,
  dragged: DraggedEnds = explorer.state.dragged.value,
): Float32Array | null {
  const [kind, number] = value.split(':')
  if (kind === 'class') return meanOfClass(explorer.bundle.points, Number(number))
  if (kind === 'dragged') return dragged[number as PathEnd] ?? null
  if (kind === 'typical') {
    const { points } = explorer.bundle
    return codeOf(points, mostTypical(points, Number(number)))
  }
  return explorer.state.pins.value.find(({ key }) => key === Number(number))?.code ?? null
}

/** What arithmetic begins with: three ends that are not the same, a class taken off and one added. */
export function arithmeticOf(ends: readonly End[]): { start: string; less: string; more: string } {
  const values = ends.map(({ value }) => value)
  const start = values[0] ?? ''
  const classes = values.filter((value) => value.startsWith('class:') && value !== start)
  return { start, less: classes[0] ?? '', more: classes[1] ?? start }
}
