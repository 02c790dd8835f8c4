/**
 * Ways of looking at the codes. A view places every code in a cube around 0 of half-width about 1,
 * and leads from a place back to a code: exactly, by an inverse map, or by taking the nearest code.
 */
import { Grid } from './grid'
import type { Points } from './points'

export interface LinearView {
  readonly name: string
  readonly title: string
  readonly note: string
  /** (d,), (d, k) and (k, d): y = (z − mean) forward; z = mean + y inverse. */
  readonly mean: readonly number[]
  readonly forward: readonly (readonly number[])[]
  readonly inverse: readonly (readonly number[])[]
}

export interface TableView {
  readonly name: string
  readonly title: string
  readonly note: string
  readonly file: string
  readonly dimensions: 2 | 3
}

/** How far a code found for a place can be trusted. */
export type Certainty = 'exact' | 'inverse' | 'nearest'

export interface Found {
  readonly code: Float32Array
  readonly certainty: Certainty
}

export interface View {
  readonly name: string
  readonly title: string
  readonly note: string
  /** What its axes are called; as many as one can choose from. */
  readonly axes: readonly string[]
  /** Which axes are shown, two or three. */
  readonly shown: readonly number[]
  /** (N × 3), the third number 0 where two axes are shown. */
  readonly positions: Float32Array
  /** In the view's own coordinates, y = centre + radius × position. */
  readonly centre: readonly number[]
  readonly radius: number
  readonly grid: Grid
  /** The points that it shows, where it does not show all. */
  readonly rows: Uint32Array | null
  /** The same way of looking at other codes of some of the points; null without a formula. */
  placed(rows: Uint32Array, codes: Float32Array): View | null
  /** Where a code is. In a view without a formula: null. */
  place(code: Float32Array): [number, number, number] | null
  /** A code at a place of a view with two axes. */
  codeAt(x: number, y: number): Found
}

export interface Linear {
  readonly mean: ArrayLike<number>
  /** How an axis is measured, and where it leads: (d,) each. */
  forward(axis: number): ArrayLike<number>
  inverse(axis: number): ArrayLike<number>
}

/** All that a bundle offers, the code's own dimensions first. */
export function viewsOf(
  size: number,
  views: readonly (LinearView | TableView)[],
): { name: string; title: string; axes: number; note: string }[] {
  const own = {
    name: 'code',
    title: 'code',
    axes: size,
    note: 'the numbers of the code itself',
  }
  const others = views.map((view) => ({
    name: view.name,
    title: view.title,
    axes: 'file' in view ? view.dimensions : (view.forward[0]?.length ?? 0),
    note: view.note,
  }))
  return [own, ...others]
}

export function linearView({ mean, forward, inverse }: LinearView): Linear {
  return {
    mean,
    forward: (axis) => forward.map((row) => row[axis]),
    inverse: (axis) => inverse[axis],
  }
}

/** The code's own dimensions as a linear view. */
export function ownDimensions(size: number): Linear {
  const unit = (axis: number) => {
    const row = new Float32Array(size)
    row[axis] = 1
    return row
  }
  return { mean: new Float32Array(size), forward: unit, inverse: unit }
}

export function makeLinear(
  about: { name: string; title: string; note: string; axes: readonly string[] },
  linear: Linear,
  shown: readonly number[],
  { codes, count, size }: Points,
): View {
  const forward = shown.map(linear.forward)
  const inverse = shown.map(linear.inverse)
  const raw = new Float32Array(3 * count)
  shown.forEach((_, a) => {
    const row = forward[a]
    let offset = 0
    for (let j = 0; j < size; j++) offset += linear.mean[j] * row[j]
    for (let i = 0; i < count; i++) {
      let sum = -offset
      for (let j = 0; j < size; j++) sum += codes[i * size + j] * row[j]
      raw[3 * i + a] = sum
    }
  })
  const { positions, centre, radius } = framed(raw)
  // A code of one number has a line to lie on: points are spread across it to be seen.
  if (shown.length === 1) for (let i = 0; i < count; i++) positions[3 * i + 1] = 0.5 * spread(i)
  const exact = shown.length >= size

  function place(code: ArrayLike<number>, start = 0): [number, number, number] {
    const at: [number, number, number] = [0, 0, 0]
    shown.forEach((_, a) => {
      let sum = 0
      for (let j = 0; j < size; j++) sum += (code[start + j] - linear.mean[j]) * forward[a][j]
      at[a] = (sum - centre[a]) / radius
    })
    return at
  }

  /** Codes at places, from the mean, or from the nearest code by the step that leads from it. */
  const found =
    (grid: Grid, places: Float32Array, stored: Float32Array, rowOf: (index: number) => number) =>
    (x: number, y: number): Found => {
      const near = exact ? -1 : grid.nearest(x, y)
      const row = near < 0 ? -1 : rowOf(near)
      const from = near < 0 ? [0, 0] : [places[3 * near], places[3 * near + 1]]
      const steps = [x, y].map((p, a) => radius * (p - from[a]) + (near < 0 ? (centre[a] ?? 0) : 0))
      const code = Float32Array.from({ length: size }, (_, j) => {
        let value = near < 0 ? linear.mean[j] : stored[row * size + j]
        for (let a = 0; a < Math.min(2, shown.length); a++) value += steps[a] * inverse[a][j]
        return value
      })
      return { code, certainty: exact ? 'exact' : 'inverse' }
    }

  const grid = new Grid(positions)
  const view: View = {
    ...about,
    shown,
    positions,
    centre,
    radius,
    grid,
    rows: null,
    place: (code) => place(code),
    codeAt: found(grid, positions, codes, (index) => index),
    placed(rows, moved) {
      const places = positions.slice()
      rows.forEach((index, n) => {
        const at = place(moved, n * size)
        places.set(shown.length === 1 ? at.slice(0, 1) : at, 3 * index)
      })
      const few = new Grid(places, rows)
      const order = new Map([...rows].map((index, n) => [index, n]))
      const codeAt = found(few, places, moved, (index) => order.get(index) as number)
      return { ...view, positions: places, grid: few, rows, codeAt }
    },
  }
  return view
}

export function makeTable(
  view: TableView,
  table: Float32Array,
  shown: readonly number[],
  points: Points,
): View {
  const raw = new Float32Array(3 * points.count)
  for (let i = 0; i < points.count; i++) {
    shown.forEach((axis, a) => (raw[3 * i + a] = table[i * view.dimensions + axis]))
  }
  const { positions, centre, radius } = framed(raw)
  const grid = new Grid(positions)
  return {
    name: view.name,
    title: view.title,
    note: view.note,
    axes: Array.from({ length: view.dimensions }, (_, a) => `${a + 1}`),
    shown,
    positions,
    centre,
    radius,
    grid,
    rows: null,
    placed: () => null,
    place: () => null,
    codeAt(x, y) {
      const near = Math.max(0, grid.nearest(x, y))
      const code = points.codes.slice(near * points.size, (near + 1) * points.size)
      return { code, certainty: 'nearest' }
    },
  }
}

/** Rows of `each` numbers of an array, those of some points where not all are wanted. */
export function rowsOf<A extends Float32Array | Uint8Array>(
  values: A,
  each: number,
  rows: Uint32Array | null,
): A {
  if (!rows) return values
  const some = values.slice(0, rows.length * each) as A
  rows.forEach((row, n) => some.set(values.subarray(row * each, (row + 1) * each), n * each))
  return some
}

/** Points come in random order, so that the first ones are a fair sample, and the same while more come. */
const FRAMED_BY = 5000

/** Moves and scales places so that all but a few outliers lie in [−1, 1]. */
function framed(raw: Float32Array): { positions: Float32Array; centre: number[]; radius: number } {
  const last = Math.min(raw.length, 3 * FRAMED_BY)
  const middle: number[] = []
  let radius = 1e-9
  for (let a = 0; a < 3; a++) {
    const sample: number[] = []
    for (let i = a; i < last; i += 3) sample.push(raw[i])
    sample.sort((p, q) => p - q)
    const low = sample[Math.floor(0.002 * (sample.length - 1))]
    const high = sample[Math.ceil(0.998 * (sample.length - 1))]
    middle.push((low + high) / 2)
    radius = Math.max(radius, (high - low) / 2)
  }
  if (radius < 1e-8) radius = 1
  const positions = new Float32Array(raw.length)
  for (let i = 0; i < raw.length; i++) positions[i] = (raw[i] - middle[i % 3]) / radius
  return { positions, centre: middle, radius }
}

/** A fixed, even-looking number in [−1, 1) for each index (golden ratio). */
function spread(index: number): number {
  return 2 * ((index * 0.6180339887498949) % 1) - 1
}
