/** Points that a text finds: by a part of their names, or by the class they have. */
import type { Bundle, Details } from '../bundle/open'

/** The first rows whose id holds the text, or whose class has it for a name. */
export function rowsFound(text: string, bundle: Bundle, { ids }: Details, most: number): number[] {
  const sought = text.trim().toLowerCase()
  if (!sought) return []
  const { labels } = bundle.points
  const named = new Set(
    [-1, ...bundle.space.classes.keys()].filter(
      (label) => (bundle.space.classes[label] ?? 'unlabelled').toLowerCase() === sought,
    ),
  )
  const rows = new Set(ids.holding(sought, most))
  for (let row = 0, more = most; named.size && more && row < labels.length; row++) {
    if (!named.has(labels[row])) continue
    rows.add(row)
    more--
  }
  return [...rows].toSorted((a, b) => a - b).slice(0, most)
}
