/** A column of the bundle: a value for each point, as a category or as a number. */
import { isolated } from './names'
import type { ColumnFile } from './space'
import { openTable } from './tables'

interface Named {
  /** '' for the classes. */
  readonly name: string
  /** What it is, in a sentence or a formula; or nothing. */
  readonly note: string
  /** How many points have no value. */
  readonly missing: number
}

export interface Categories extends Named {
  /** An index into `names` for each point, −1 where there is none. */
  readonly labels: Int32Array
  readonly names: readonly string[]
  /** The labels that points have; −1 comes last. */
  readonly present: readonly number[]
  /** What a point without a value is called. */
  readonly without: string
}

export interface Numbers extends Named {
  readonly labels: null
  /** Dates are in milliseconds since 1970; NaN where there is no value. */
  readonly numbers: Float64Array
  readonly low: number
  readonly high: number
  /** The step of what is written: values within one are written alike. */
  readonly unit: number
  readonly dates: boolean
}

export type Column = Categories | Numbers

export const NO_VALUE = 'no value'
const MINUTE = 60_000
const DAY = 1440 * MINUTE
const inOrder = new Intl.Collator('en', { numeric: true })

export function columnFrom(about: ColumnFile, bytes: ArrayBuffer): Column {
  const found = openTable(about.file, bytes).getChild('value')
  const values = Array.from(found as Iterable<unknown>)
  return about.kind === 'category' ? asCategories(about, values) : asNumbers(about, values)
}

/** The values of a column of any kind as a table has them: numbers and dates in full, '' without one. */
export function textsFrom({ file, kind }: ColumnFile, bytes: ArrayBuffer): string[] {
  const values = Array.from(openTable(file, bytes).getChild('value') as Iterable<unknown>)
  return values.map((value) => {
    if (value === null || Number.isNaN(value)) return ''
    if (kind !== 'date') return String(value)
    return new Date(Number(value)).toISOString().replace('T00:00:00.000Z', '')
  })
}

/** The classes of the points, as a column. */
export function classColumn(
  labels: Int32Array,
  classes: readonly string[],
  present: readonly number[],
): Categories {
  const missing = labels.reduce((n, label) => n + (label < 0 ? 1 : 0), 0)
  const names = classes.map(isolated)
  return { name: '', note: '', missing, labels, names, present, without: 'unlabelled' }
}

function asCategories(about: ColumnFile, values: readonly unknown[]): Categories {
  const known = new Set(values.filter((value) => value !== null).map(String))
  const names = [...known].sort(inOrder.compare)
  const places = new Map(names.map((name, place) => [name, place]))
  const labels = Int32Array.from(values, (value) =>
    value === null ? -1 : (places.get(String(value)) ?? -1),
  )
  const present = [...names.keys(), ...(about.missing > 0 ? [-1] : [])]
  return { ...about, labels, names: names.map(isolated), present, without: NO_VALUE }
}

function asNumbers(about: ColumnFile, values: readonly unknown[]): Numbers {
  const numbers = Float64Array.from(values, (value) => {
    const number = value === null ? NaN : Number(value)
    return Number.isFinite(number) ? number : NaN
  })
  const known = numbers.filter((value) => !Number.isNaN(value))
  const low = known.length ? known.reduce((a, b) => Math.min(a, b), Infinity) : 0
  const high = known.length ? known.reduce((a, b) => Math.max(a, b), -Infinity) : 0
  const dates = about.kind === 'date'
  const unit = dates ? unitOfDates(high - low) : unitOfNumbers(known, high - low)
  return { ...about, labels: null, numbers, low, high, unit, dates }
}

function unitOfDates(span: number): number {
  return span > 4 * DAY ? DAY : MINUTE
}

/** A hundredth of the span or less, as a power of ten; whole numbers are never divided. */
function unitOfNumbers(known: Float64Array, span: number): number {
  const whole = known.every(Number.isInteger)
  if (whole || span === 0) return whole ? 1 : 1e-3
  return 10 ** Math.min(0, Math.floor(Math.log10(span)) - 2)
}

/** Whether all values are whole numbers. */
export function isWhole({ dates, unit }: Numbers): boolean {
  return !dates && unit === 1
}

export function titleOf({ name }: Column): string {
  return name || 'class'
}

export function nameOf({ names, without }: Categories, label: number): string {
  return names[label] ?? without
}

/** Which step of what is written a value is: those of one step are written alike. */
export function stepOf({ dates, unit }: Numbers, value: number): number {
  return dates ? Math.floor(value / unit) : Math.round(value / unit)
}

/** The number or date that stands for a step. */
export function valueOfStep(column: Numbers, step: number): number {
  const value = step * column.unit
  return column.dates ? value : Number(value.toFixed(decimals(column)))
}

function decimals({ unit }: Numbers): number {
  return Math.max(0, -Math.round(Math.log10(unit)))
}

/** A point's value as people write it. */
export function valueOf(column: Column, index: number): string {
  if (column.labels) return nameOf(column, column.labels[index])
  return written(column, column.numbers[index])
}

export function written(column: Numbers, value: number): string {
  if (!Number.isFinite(value)) return NO_VALUE
  if (column.dates) {
    const text = new Date(value).toISOString()
    return column.unit < DAY ? text.slice(0, 16).replace('T', ' ') : text.slice(0, 10)
  }
  const digits = decimals(column)
  const text =
    digits > 6 || Math.abs(value) >= 1e15
      ? String(Number(value.toPrecision(3)))
      : value.toLocaleString('en', { maximumFractionDigits: digits, useGrouping: 'min2' })
  // What rounds to nothing has no sign.
  return text === '-0' ? '0' : text.replace('-', '−')
}
