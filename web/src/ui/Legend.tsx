/** The classes: colour, name, count. Click shows one alone, Shift and click switches it. */
import { legendOf } from '../explorer/classes'
import { colourOf, outlineOf, SHAPES, shapeOf } from '../images/palette'
import { useExplorer } from './context'

export function Legend() {
  const { actions, bundle, state } = useExplorer()
  const { shown, more } = legendOf(bundle)
  if (shown.length === 1 && shown[0] === -1) return null
  return (
    <ul class="legend" aria-label="classes">
      {shown.map((label) => (
        <li key={label}>
          <ClassButton label={label} />
        </li>
      ))}
      {more.length > 0 && (
        <li>
          <button
            type="button"
            aria-label={`all ${more.length} classes`}
            onClick={() => actions.openDialog('classes')}
          >
            +{more.length - shown.length} ▾
          </button>
        </li>
      )}
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

export function ClassButton({ label }: { label: number }) {
  const explorer = useExplorer()
  const { actions, bundle, state } = explorer
  return (
    <button
      type="button"
      aria-pressed={!state.hidden.value.has(label)}
      title="click: this class alone · Shift and click: switch it on or off"
      onClick={(event) => (event.shiftKey ? actions.toggleClass(label) : actions.soloClass(label))}
    >
      <span class={`dot ${outlineOf(label)}`} aria-hidden="true" style={{ color: colourOf(label) }}>
        {SHAPES[shapeOf(label)]}
      </span>
      <span class="name">{bundle.className(label)}</span>
      <span class="count">{explorer.counts.value[label + 1].toLocaleString('en')}</span>
    </button>
  )
}
