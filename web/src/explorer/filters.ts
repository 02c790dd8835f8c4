/** What filters are, which points they let through, and their words. */
import {
  type Categories,
  type Column,
  nameOf,
  NO_VALUE,
  type Numbers,
  stepOf,
  titleOf,
  valueOfStep,
  written,
} from '../bundle/columns'

/** Only points of these labels, or only points of others. */
export interface LabelFilter {
  readonly only: boolean
  readonly labels: ReadonlySet<number>
}

/** Only points within a range, as values are written, and those without a value where wanted. */
export interface RangeFilter {
  readonly within: readonly [number, number] | null
  readonly missing: boolean
}

export type Filter = LabelFilter | RangeFilter
/** By the columns' names; '' for the classes. */
export type Filters = ReadonlyMap<string, Filter>

const MOST_NAMES = 3

export function isOfLabels(filter: Filter): filter is LabelFilter {
  return 'labels' in filter
}

/** Unmarks the points that a filter keeps out. */
export function unmark(marked: Uint8Array, column: Column, filter: Filter): void {
  if (column.labels && isOfLabels(filter)) {
    column.labels.forEach((label, i) => {
      if (filter.labels.has(label) !== filter.only) marked[i] = 0
    })
  } else if (!column.labels && !isOfLabels(filter)) {
    const [from, to] = filter.within?.map((limit) => stepOf(column, limit)) ?? [1, 0]
    column.numbers.forEach((value, i) => {
      const step = stepOf(column, value)
      const passes = Number.isNaN(value) ? filter.missing : step >= from && step <= to
      if (!passes) marked[i] = 0
    })
  }
}

/** The same filter for a column of another bundle, whose categories have numbers of their own. */
export function inOther(filter: Filter, own: Column, there: Column): Filter {
  if (!isOfLabels(filter) || !own.labels || !there.labels) return filter
  const labels = [...filter.labels].flatMap((label) =>
    label < 0 ? [label] : numbersOf(there, own.names[label]),
  )
  return { only: filter.only, labels: new Set(labels) }
}

function numbersOf({ names }: Categories, wanted: string): number[] {
  const found = names.indexOf(wanted)
  return found < 0 ? [] : [found]
}

/** One label alone, or nothing filtered where it is alone already. */
export function alone(filter: Filter | undefined, label: number): LabelFilter | null {
  const already = filter && isOfLabels(filter) && filter.only && filter.labels.size === 1
  return already && filter.labels.has(label) ? null : { only: true, labels: new Set([label]) }
}

/** One label switched on or off. */
export function switched(
  { present }: Categories,
  filter: Filter | undefined,
  label: number,
): LabelFilter | null {
  const before = filter && isOfLabels(filter) ? filter : { only: false, labels: new Set<number>() }
  const labels = new Set(before.labels)
  if (!labels.delete(label)) labels.add(label)
  const all = before.only ? labels.size === present.length : labels.size === 0
  return all ? null : { only: before.only, labels }
}

/** Whether a label is let through. */
export function lets(filter: Filter | undefined, label: number): boolean {
  return !filter || !isOfLabels(filter) || filter.labels.has(label) === filter.only
}

/** The smallest and the largest value, as they are written. */
export function wholeRange(column: Numbers): readonly [number, number] {
  const ends = [column.low, column.high].map((end) => valueOfStep(column, stepOf(column, end)))
  return [ends[0], ends[1]]
}

/** A filter of numbers, or nothing where it keeps none out. */
export function rangeFilter(column: Numbers, filter: RangeFilter): RangeFilter | null {
  const [low, high] = wholeRange(column)
  const { within } = filter
  const whole = within && within[0] <= low && within[1] >= high
  return whole && (filter.missing || column.missing === 0) ? null : filter
}

/** What a filter lets through, in words. */
export function inWords(column: Column, filter: Filter): string {
  const title = titleOf(column)
  if (column.labels && isOfLabels(filter)) {
    const { present } = column
    const named = present.filter((label) => filter.labels.has(label))
    const shown = filter.only ? named.length : present.length - named.length
    if (named.length > MOST_NAMES) return `${title}: ${shown} of ${present.length}`
    const names = named.map((label) => nameOf(column, label)).join(', ')
    return `${title}: ${filter.only ? '' : 'not '}${names || 'none'}`
  }
  if (column.labels || isOfLabels(filter)) return title
  const values = filter.within && valuesInWords(column, filter.within)
  const missing = filter.missing ? NO_VALUE : ''
  return `${title}: ${[values, missing].filter(Boolean).join(' or ')}`
}

function valuesInWords(column: Numbers, [from, to]: readonly [number, number]): string {
  const [low, high] = wholeRange(column)
  if (from <= low && to >= high) return 'any value'
  if (from <= low) return `up to ${written(column, to)}`
  if (to >= high) return `from ${written(column, from)}`
  return from === to ? written(column, from) : `${written(column, from)} to ${written(column, to)}`
}
