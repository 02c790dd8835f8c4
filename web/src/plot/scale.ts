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
    const colours = new Uint8Array(3 * labels.length)
    const palette = new Map<number, [number, number, number]>()
    labels.forEach((label, i) => {
      let colour = palette.get(label)
      if (!colour) palette.set(label, (colour = rgb(colourOf(label))))
      colours.set(colour, 3 * i)
    })
    return { colours, shapes: Float32Array.from(labels, shapeOf) }
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

/** The colour of a share from 0 to 1; neutral where there is none. */
export function onScale(share: number): [number, number, number] {
  if (Number.isNaN(share)) return rgb(NEUTRAL)
  const at = Math.min(1, Math.max(0, share)) * (SCALE.length - 1)
  const first = Math.min(SCALE.length - 2, Math.floor(at))
  const [from, to] = [rgb(SCALE[first]), rgb(SCALE[first + 1])]
  const between = (i: number) => Math.round(from[i] + (at - first) * (to[i] - from[i]))
  return [between(0), between(1), between(2)]
}
