/** How strongly every point is drawn. */
import type { Signs } from './scale'

/** Points let a little of the ground through. */
export const ALPHA = 0.85
const FAINT = 0.1

/** (N × 4) bytes; what filters keep out has alpha 0, points outside a selection are faint. */
export function pointColours(
  signs: Signs,
  marked: Uint8Array | null,
  selection: Uint32Array | null,
  alpha: number,
): Uint8Array {
  const count = signs.shapes.length
  const colours = new Uint8Array(4 * count)
  const picked = selection ? new Uint8Array(count) : null
  if (selection && picked) for (const index of selection) picked[index] = 1
  for (let i = 0; i < count; i++) {
    if (marked && !marked[i]) continue
    for (let c = 0; c < 3; c++) colours[4 * i + c] = signs.colours[3 * i + c]
    colours[4 * i + 3] = 255 * (picked && !picked[i] ? FAINT : alpha)
  }
  return colours
}

/** Diameter of a point in CSS pixels: the more there are the smaller, growing a little with zoom. */
export function pointSize(count: number, zoom: number): number {
  const size = Math.max(2.6, Math.min(9, 9 * (count / 300) ** -0.22))
  return size * Math.max(0.8, Math.min(3, zoom ** 0.3))
}
