/** Fields over the plane of a view: how dense the codes lie, and how far the nearest one is. */
export interface Field {
  readonly columns: number
  readonly rows: number
  /** left, bottom, right, top */
  readonly bounds: readonly [number, number, number, number]
  /** Row by row from the bottom: 0 … 1, or classes, −1 where there is none. */
  readonly values: Float32Array
  readonly classes: boolean
  /** What its values are, where their name does not say it. */
  readonly note: string
  /** A value from 0 to 1 as people write what it stands for. */
  written(value: number): string
}

const SIDE = 256
const REACH = 1.6
const BOUNDS = [-REACH, -REACH, REACH, REACH] as const
/** In cells. */
const FARTHEST = SIDE / 6

/** Counts of codes smoothed by a normal kernel, on a logarithmic scale. */
export function density(positions: Float32Array): Field {
  const counts = histogram(positions)
  const smooth = blurred(blurred(counts, 1), SIDE)
  let most = 0
  for (const value of smooth) most = Math.max(most, value)
  const values = smooth.map((value) => Math.log1p((500 * value) / (most || 1)) / Math.log(501))
  return {
    columns: SIDE,
    rows: SIDE,
    bounds: BOUNDS,
    values,
    classes: false,
    note: 'share of the density of the densest spot; the scale is logarithmic',
    written: (value) => percent((501 ** value - 1) / 500),
  }
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(100 * share)} %`
}

/**
 * Distance to the nearest code's cell, as a share of the farthest that is told apart;
 * `radius` is how much of the view a distance of 1 is.
 */
export function gaps(positions: Float32Array, radius: number): Field {
  const counts = histogram(positions)
  const squared = distanceAlong(
    distanceAlong(
      counts.map((count) => (count > 0 ? 0 : 1e12)),
      1,
      SIDE,
    ),
    SIDE,
    1,
  )
  const values = squared.map((square) => Math.min(1, Math.sqrt(square) / FARTHEST))
  const farthest = radius * FARTHEST * ((2 * REACH) / SIDE)
  return {
    columns: SIDE,
    rows: SIDE,
    bounds: BOUNDS,
    values,
    classes: false,
    note: 'distance to the nearest code of an image, in the view',
    written: (value) =>
      `${value === 1 ? '≥ ' : ''}${String(Number((value * farthest).toPrecision(2)))}`,
  }
}

/** The value at a place of the view, NaN outside. */
export function valueIn(field: Field, x: number, y: number): number {
  const { bounds, columns, rows, values } = field
  const column = Math.floor(((x - bounds[0]) / (bounds[2] - bounds[0])) * columns)
  const row = Math.floor(((y - bounds[1]) / (bounds[3] - bounds[1])) * rows)
  const within = column >= 0 && column < columns && row >= 0 && row < rows
  return within ? values[row * columns + column] : NaN
}

function histogram(positions: Float32Array): Float32Array {
  const counts = new Float32Array(SIDE * SIDE)
  for (let i = 0; i < positions.length; i += 3) {
    const column = Math.floor(((positions[i] + REACH) / (2 * REACH)) * SIDE)
    const row = Math.floor(((positions[i + 1] + REACH) / (2 * REACH)) * SIDE)
    if (column >= 0 && column < SIDE && row >= 0 && row < SIDE) counts[row * SIDE + column]++
  }
  return counts
}

/** Blurs along one axis (stride 1: along rows) with σ = 2.5 cells. */
function blurred(values: Float32Array, stride: number): Float32Array {
  const reach = 8
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / 12.5),
  )
  const sum = kernel.reduce((a, b) => a + b)
  const other = stride === 1 ? SIDE : 1
  const out = new Float32Array(values.length)
  for (let line = 0; line < SIDE; line++) {
    for (let at = 0; at < SIDE; at++) {
      let value = 0
      const from = Math.max(0, at - reach)
      const to = Math.min(SIDE - 1, at + reach)
      for (let p = from; p <= to; p++)
        value += values[line * other + p * stride] * kernel[p - at + reach]
      out[line * other + at * stride] = value / sum
    }
  }
  return out
}

/** One pass of the exact squared distance transform (Felzenszwalb and Huttenlocher, 2012). */
function distanceAlong(values: Float32Array, stride: number, other: number): Float32Array {
  const out = new Float32Array(values.length)
  const vertex = new Int32Array(SIDE)
  const border = new Float64Array(SIDE + 1)
  for (let line = 0; line < SIDE; line++) {
    const f = (q: number) => values[line * other + q * stride]
    let k = 0
    vertex[0] = 0
    border[0] = -Infinity
    border[1] = Infinity
    for (let q = 1; q < SIDE; q++) {
      const meet = () => (f(q) + q * q - (f(vertex[k]) + vertex[k] ** 2)) / (2 * q - 2 * vertex[k])
      let s = meet()
      while (s <= border[k]) {
        k--
        s = meet()
      }
      k++
      vertex[k] = q
      border[k] = s
      border[k + 1] = Infinity
    }
    k = 0
    for (let q = 0; q < SIDE; q++) {
      while (border[k + 1] < q) k++
      out[line * other + q * stride] = (q - vertex[k]) ** 2 + f(vertex[k])
    }
  }
  return out
}
