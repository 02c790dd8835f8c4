/** The classes: colour, name, count. Click shows one alone, Shift and click switches it. */
import { colourOf, SHAPES, shapeOf } from '../images/palette'
import { useExplorer } from './context'

export function Legend() {
  const explorer = useExplorer()
  const { actions, bundle, state } = explorer
  const counts = explorer.counts.value
  const labels = bundle.labels
  if (labels.length === 1 && labels[0] === -1) return null
  return (
    <ul class="legend" aria-label="classes">
      {labels.map((label) => (
        <li key={label}>
          <button
            type="button"
            aria-pressed={!state.hidden.value.has(label)}
            title="click: this class alone · Shift and click: switch it on or off"
            onClick={(event) =>
              event.shiftKey ? actions.toggleClass(label) : actions.soloClass(label)
            }
          >
            <span class="dot" aria-hidden="true" style={{ color: colourOf(label) }}>
              {SHAPES[shapeOf(label)]}
            </span>
            <span class="name">{bundle.className(label)}</span>
            <span class="count">{counts[label + 1].toLocaleString('en')}</span>
          </button>
        </li>
      ))}
      {state.hidden.value.size > 0 && (
        <li>
          <button type="button" onClick={() => actions.hideClasses([])}>
            show all
          </button>
        </li>
      )}
    </ul>
  )
}
