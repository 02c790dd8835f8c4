/** What the colour behind the points means: its scale, and its value under the pointer. */
import { fieldsOf } from '../explorer/overlays'
import { type Field, valueIn } from '../space/fields'
import { useExplorer } from './context'

export function FieldScale() {
  const explorer = useExplorer()
  const { bundle, state } = explorer
  const field = explorer.field.value
  const name = state.field.value
  const view = explorer.view.value
  const about = fieldsOf(bundle, view).find((other) => other.name === name)
  if (!field || !about || state.solid.value) return null
  const spot = state.spot.value
  const place = spot && (spot.place ?? view.place(spot.code))
  const here = place ? valueIn(field, place[0], place[1]) : NaN
  if (field.classes) return <ClassesHere label={here} field={field} title={about.title} />
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
      <NoField title={about.title} note={field.note} />
    </div>
  )
}

/** Classes have their colours in the legend: what is said is the one under the pointer. */
function ClassesHere({ label, field, title }: { label: number; field: Field; title: string }) {
  return (
    <div class="scale" role="group" aria-label={`scale of ${title}`}>
      <p class="number" data-field>
        {Number.isNaN(label) ? '' : `here ${field.written(label)}`}
      </p>
      <NoField title={title} note={field.note} />
    </div>
  )
}

function NoField({ title, note }: { title: string; note: string }) {
  const { actions, state } = useExplorer()
  return (
    <button
      type="button"
      title={note}
      aria-label={`no ${title}`}
      onClick={() => actions.toggleField(state.field.value)}
    >
      {title} ×
    </button>
  )
}
