/** The categories of a selection beside those of everything. */
import { type Categories, nameOf } from '../bundle/columns'
import { colourOf, outlineOf, SHAPES, shapeOf } from '../images/palette'

const MOST = 10

export function Shares({ column, selection }: { column: Categories; selection: Uint32Array }) {
  const { labels } = column
  const own = new Map<number, number>()
  const all = new Map<number, number>()
  for (const label of labels) all.set(label, (all.get(label) ?? 0) + 1)
  for (const index of selection) own.set(labels[index], (own.get(labels[index]) ?? 0) + 1)
  const rows = [...own]
    .map(([label, n]) => ({
      label,
      share: n / selection.length,
      everywhere: (all.get(label) ?? 0) / labels.length,
    }))
    .sort((a, b) => b.share - a.share)
  const rest = rows.length - MOST
  return (
    <>
      <ul class="shares" aria-label={`${column.name || 'classes'} of the selection`}>
        {rows.slice(0, MOST).map(({ label, share, everywhere }) => (
          <li key={label} title={`${percent(share)} here, ${percent(everywhere)} everywhere`}>
            <span class={`dot ${outlineOf(label)}`} style={{ color: colourOf(label) }} aria-hidden>
              {SHAPES[shapeOf(label)]}
            </span>
            <span class="name">{nameOf(column, label)}</span>
            <span class="track" aria-hidden>
              <span class="bar" style={{ width: `${100 * share}%` }} />
              <span class="mark" style={{ left: `${100 * everywhere}%` }} />
            </span>
            <span class="number">{percent(share)}</span>
          </li>
        ))}
      </ul>
      {rest > 0 && <p class="quiet">and {rest} more</p>}
    </>
  )
}

function percent(share: number): string {
  return share > 0 && share < 0.005 ? '< 1 %' : `${Math.round(100 * share)} %`
}
