/** The classes of a selection beside those of everything. */
import { colourOf, outlineOf, SHAPES, shapeOf } from '../images/palette'
import { useExplorer } from '../ui/context'

const MOST = 10

export function Classes({ selection }: { selection: Uint32Array }) {
  const { bundle } = useExplorer()
  const { labels, count } = bundle.points
  const own = new Map<number, number>()
  const all = new Map<number, number>()
  for (const label of labels) all.set(label, (all.get(label) ?? 0) + 1)
  for (const index of selection) own.set(labels[index], (own.get(labels[index]) ?? 0) + 1)
  const rows = [...own]
    .map(([label, n]) => ({
      label,
      share: n / selection.length,
      everywhere: (all.get(label) ?? 0) / count,
    }))
    .sort((a, b) => b.share - a.share)
  const rest = rows.length - MOST
  return (
    <div>
      <h3>
        classes<span class="quiet">▮ here · ▏everywhere</span>
      </h3>
      <ul class="shares" aria-label="classes of the selection">
        {rows.slice(0, MOST).map(({ label, share, everywhere }) => (
          <li key={label} title={`${percent(share)} here, ${percent(everywhere)} everywhere`}>
            <span class={`dot ${outlineOf(label)}`} style={{ color: colourOf(label) }} aria-hidden>
              {SHAPES[shapeOf(label)]}
            </span>
            <span class="name">{bundle.className(label)}</span>
            <span class="track" aria-hidden>
              <span class="bar" style={{ width: `${100 * share}%` }} />
              <span class="mark" style={{ left: `${100 * everywhere}%` }} />
            </span>
            <span class="number">{percent(share)}</span>
          </li>
        ))}
      </ul>
      {rest > 0 && <p class="quiet">and {rest} more</p>}
    </div>
  )
}

function percent(share: number): string {
  return share > 0 && share < 0.005 ? '< 1 %' : `${Math.round(100 * share)} %`
}
