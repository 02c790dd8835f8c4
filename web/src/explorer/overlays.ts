/** The fields that can lie behind the points: density, gaps, and those that the bundle brings. */
import type { Bundle } from '../bundle/open'
import { density, type Field, gaps } from '../space/fields'
import { rowsOf, type View } from '../space/views'

export const NO_FIELD = 'none'

/** The names and titles of the fields there are in a view. */
export function fieldsOf(bundle: Bundle, view: View): { name: string; title: string }[] {
  const own = bundle.space.overlays.filter(({ view: other }) => other === view.name)
  return [
    { name: 'density', title: 'density' },
    { name: 'gaps', title: 'gaps' },
    ...(inOrder(view) ? own : []),
  ]
}

/** Null where there is no such field in the view. */
export async function fieldOf(bundle: Bundle, view: View, name: string): Promise<Field | null> {
  const { centre, radius, rows } = view
  const positions = rowsOf(view.positions, 3, rows)
  if (name === 'density') return density(positions)
  if (name === 'gaps') return gaps(positions, radius)
  const overlay = bundle.space.overlays.find((other) => other.name === name)
  if (!overlay || overlay.view !== view.name || !inOrder(view)) return null
  const raw = await bundle.column(overlay.file, 'value')
  const [left, bottom, right, top] = overlay.bounds
  const inView = (value: number, axis: number) => (value - centre[axis]) / radius
  const grid = {
    columns: overlay.columns,
    rows: overlay.rows,
    bounds: [inView(left, 0), inView(bottom, 1), inView(right, 0), inView(top, 1)] as const,
  }
  if (overlay.classes) {
    const written = (label: number) => (label < 0 ? 'none of them' : bundle.className(label))
    const note = 'the class that a judge takes the decoded image for; nothing where for none'
    return { ...grid, values: raw, classes: true, note, written }
  }
  const low = raw.reduce((a, b) => Math.min(a, b), Infinity)
  const high = raw.reduce((a, b) => Math.max(a, b), -Infinity)
  return {
    ...grid,
    classes: false,
    values: raw.map((value) => (value - low) / (high - low || 1)),
    note: '',
    written: (value) => String(Number((low + value * (high - low)).toPrecision(2))),
  }
}

/** Whether the first two axes of the end are shown, which overlays of bundles were made for. */
function inOrder({ rows, shown }: View): boolean {
  return !rows && shown[0] === 0 && shown[1] === 1
}
