/** What the colour behind the points means: its scale, and its value under the pointer. */
import { fieldsOf } from '../explorer/overlays'
import { valueIn } from '../space/fields'
import { useExplorer } from './context'

export function FieldScale() {
  const explorer = useExplorer()
  const { actions, bundle, state } = explorer
  const field = explorer.field.value
  const name = state.field.value
  const view = explorer.view.value
  const about = fieldsOf(bundle, view).find((other) => other.name === name)
  if (!field || !about || state.solid.value) return null
  const spot = state.spot.value
  const place = spot && (spot.place ?? view.place(spot.code))
  const here = place ? valueIn(field, place[0], place[1]) : NaN
  return (
    <div class="scale" role="group" aria-label={`scale of ${about.title}`}>
      <div class="values">
        <div class="field">
          {here >= 0 && <span class="mark" style={{ left: `${100 * here}%` }} />}
        </div>
        <p class="number ends">
          <span>{field.written(0)}</span>
          <span data-field>{here >= 0 ? `here ${field.written(here)}` : ''}</span>
          <span>{field.written(1)}</span>
        </p>
      </div>
      <button
        type="button"
        title={field.note}
        aria-label={`no ${about.title}`}
        onClick={() => actions.toggleField(name)}
      >
        {about.title} ×
      </button>
    </div>
  )
}
