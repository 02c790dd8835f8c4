/** The colours and shapes of points: by class, or by the value of a column. */
import type { Column } from '../bundle/columns'
import { colourOf, NEUTRAL, rgb, shapeOf } from '../images/palette'

/** Viridis (van der Walt and Smith, 2015), at eighths: dark is little. */
export const SCALE = [
  '#440154',
  '#472d7b',
  '#3b528b',
  '#2c728e',
  '#21918c',
  '#28ae80',
  '#5ec962',
  '#addc30',
  '#fde725',
] as const
const RING = shapeOf(-1)

export interface Signs {
  /** (N × 3) bytes. */
  readonly colours: Uint8Array
  readonly shapes: Float32Array
}

export function signsOf(column: Column): Signs {
  if (column.labels) {
    const { labels } = column
    const count = labels.length
    const [colours, shapes] = [new Uint8Array(3 * count), new Float32Array(count)]
    // Looked up once for each label, and written byte by byte: there may be a million.
    const signs = new Map<number, Sign>()
    for (let i = 0; i < count; i++) {
      let sign = signs.get(labels[i])
      if (!sign) signs.set(labels[i], (sign = signOf(labels[i])))
      const [r, g, b, shape] = sign
      colours[3 * i] = r
      colours[3 * i + 1] = g
      colours[3 * i + 2] = b
      shapes[i] = shape
    }
    return { colours, shapes }
  }
  const { numbers, low, high } = column
  const colours = new Uint8Array(3 * numbers.length)
  const shapes = new Float32Array(numbers.length)
  numbers.forEach((value, i) => {
    colours.set(onScale((value - low) / (high - low || 1)), 3 * i)
    // What has no value is a ring, as points without a class are.
    shapes[i] = Number.isNaN(value) ? RING : 0
  })
  return { colours, shapes }
}

type Sign = readonly [red: number, green: number, blue: number, shape: number]

function signOf(label: number): Sign {
  return [...rgb(colourOf(label)), shapeOf(label)]
}

/** The colour of a share from 0 to 1; neutral where there is none. */
export function onScale(share: number): [number, number, number] {
  if (Number.isNaN(share)) return rgb(NEUTRAL)
  const at = Math.min(1, Math.max(0, share)) * (SCALE.length - 1)
  const first = Math.min(SCALE.length - 2, Math.floor(at))
  const [from, to] = [rgb(SCALE[first]), rgb(SCALE[first + 1])]
  const between = (i: number) => Math.round(from[i] + (at - first) * (to[i] - from[i]))
  return [between(0), between(1), between(2)]
}
