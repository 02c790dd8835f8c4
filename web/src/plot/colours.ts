/** What colour and shape every point has. */
import type { Points } from '../space/points'
import { colourOf, rgb, shapeOf } from '../images/palette'

const FAINT = 0.1

/** (N × 4) bytes; hidden classes have alpha 0, points outside a selection are faint. */
export function pointColours(
  { labels, count }: Points,
  hidden: ReadonlySet<number>,
  selection: Uint32Array | null,
  alpha: number,
): Uint8Array {
  const colours = new Uint8Array(4 * count)
  const palette = new Map<number, [number, number, number]>()
  const picked = selection ? new Uint8Array(count) : null
  if (selection && picked) for (const index of selection) picked[index] = 1
  for (let i = 0; i < count; i++) {
    const label = labels[i]
    if (hidden.has(label)) continue
    let colour = palette.get(label)
    if (!colour) palette.set(label, (colour = rgb(colourOf(label))))
    colours.set(colour, 4 * i)
    colours[4 * i + 3] = 255 * (picked && !picked[i] ? FAINT : alpha)
  }
  return colours
}

export function pointShapes({ labels }: Points): Float32Array {
  return Float32Array.from(labels, shapeOf)
}

/** Diameter of a point in CSS pixels: the more there are the smaller, growing a little with zoom. */
export function pointSize(count: number, zoom: number): number {
  const size = Math.max(2.6, Math.min(9, 9 * (count / 300) ** -0.22))
  return size * Math.max(0.8, Math.min(3, zoom ** 0.3))
}
