/** A column of the bundle: a value for each point, as a category or as a number. */
import type { ColumnFile } from './space'
import { openTable } from './tables'

export interface Column {
  readonly about: ColumnFile
  /** Of categories: an index into `names` for each point, −1 where there is none. */
  readonly labels: Int32Array | null
  readonly names: readonly string[]
  /** Of numbers, and of dates in milliseconds since 1970: NaN where there is none. */
  readonly numbers: Float64Array
  readonly low: number
  readonly high: number
}

const inOrder = new Intl.Collator('en', { numeric: true })

export function columnFrom(about: ColumnFile, bytes: ArrayBuffer): Column {
  const found = openTable(about.file, bytes).getChild('value')
  const values = Array.from(found as Iterable<unknown>)
  if (about.kind === 'category') {
    const names = [...new Set(values.filter((value) => value !== null).map(String))]
    names.sort(inOrder.compare)
    const places = new Map(names.map((name, place) => [name, place]))
    const labels = Int32Array.from(values, (value) =>
      value === null ? -1 : (places.get(String(value)) ?? -1),
    )
    return { about, labels, names, numbers: new Float64Array(0), low: 0, high: 0 }
  }
  const numbers = Float64Array.from(values, (value) => (value === null ? NaN : Number(value)))
  const known = numbers.filter((value) => !Number.isNaN(value))
  const low = known.reduce((a, b) => Math.min(a, b), Infinity)
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity)
  return { about, labels: null, names: [], numbers, low, high }
}

/** A point's value as people write it. */
export function valueOf(column: Column, index: number): string {
  if (column.labels) return column.names[column.labels[index]] ?? 'no value'
  return written(column, column.numbers[index])
}

export function written({ about }: Column, value: number): string {
  if (!Number.isFinite(value)) return 'no value'
  if (about.kind === 'date') return new Date(value).toISOString().slice(0, 10)
  return String(Number(value.toPrecision(3))).replace('-', '−')
}
