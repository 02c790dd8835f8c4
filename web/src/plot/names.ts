/** The names of categories where they sit: at the point of each that has most of its kind close by. */
import { type Column, nameOf } from '../bundle/columns'
import { mostTypical } from '../space/typical'
import type { Ink } from './annotations'

/** More names than this would cover what they name. */
const MOST = 12
const LONGEST = 24
/** So few that a name follows a brush that is dragged. */
const SAMPLE = 120
const HEIGHT = 16
const APART = 4

export interface Name {
  readonly text: string
  /** The point that it stands at. */
  readonly index: number
}

/** In the view that these positions (N × 3) are of; none where there are many, or but one. */
export function namesIn(
  column: Column,
  positions: Float32Array,
  marked: Uint8Array | null,
): Name[] {
  if (!column.labels) return []
  const { labels, present } = column
  const named = present.filter((label) => label >= 0)
  if (named.length > MOST || present.length < 2) return []
  const shown = marked ? labels.map((label, i) => (marked[i] ? label : -1)) : labels
  const points = { codes: positions, size: 3, count: labels.length, labels: shown }
  return named.flatMap((label) => {
    const index = mostTypical(points, label, SAMPLE)
    return index === undefined ? [] : [{ text: shortened(nameOf(column, label)), index }]
  })
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}

/** Draws each name where its point is seen, but for those that would cover one drawn before. */
export function drawNames(
  to: CanvasRenderingContext2D,
  names: readonly (Name & { readonly spot: readonly [number, number] })[],
  { ink, paper }: Ink,
): void {
  const taken: { x: number; y: number; half: number }[] = []
  to.font = '600 13px system-ui, sans-serif'
  to.textAlign = 'center'
  to.textBaseline = 'middle'
  to.lineJoin = 'round'
  for (const { text, spot } of names) {
    const [x, y] = spot
    const half = to.measureText(text).width / 2 + APART
    const covers = (other: (typeof taken)[number]) =>
      Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < HEIGHT
    if (taken.some(covers)) continue
    taken.push({ x, y, half })
    to.lineWidth = 4
    to.strokeStyle = paper
    to.strokeText(text, x, y)
    to.fillStyle = ink
    to.fillText(text, x, y)
  }
}
