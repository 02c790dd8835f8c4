/** The field that is chosen to lie behind the points: density, gaps, or one that the bundle brings. */
import type { Explorer } from '../explorer/explorer'
import { density, type Field, gaps } from '../space/fields'

/** Null where none is chosen, or the chosen one lies in another view. */
export async function chosenField({ state, view, bundle }: Explorer): Promise<Field | null> {
  const name = state.field.peek()
  const { positions, centre, radius, name: shown } = view.peek()
  if (name === 'density') return density(positions)
  if (name === 'gaps') return gaps(positions)
  const overlay = bundle.space.overlays.find((other) => other.name === name)
  if (!overlay || overlay.view !== shown) return null
  const raw = await bundle.column(overlay.file, 'value')
  const low = raw.reduce((a, b) => Math.min(a, b), Infinity)
  const high = raw.reduce((a, b) => Math.max(a, b), -Infinity)
  const [left, bottom, right, top] = overlay.bounds
  const inView = (value: number, axis: number) => (value - centre[axis]) / radius
  return {
    columns: overlay.columns,
    rows: overlay.rows,
    bounds: [inView(left, 0), inView(bottom, 1), inView(right, 0), inView(top, 1)],
    values: raw.map((value) => (value - low) / (high - low || 1)),
  }
}
