/** What colours mean: by what they are chosen, and their legend or scale, which filter. */
import { useExplorer } from './context'
import { Legend } from './Legend'
import { Scale } from './Scale'

export function Colour() {
  const { actions, bundle, columns, state } = useExplorer()
  const choices = bundle.space.columns.filter(({ kind }) => kind !== 'text')
  const column = columns.chosen.value
  return (
    <div class="colour">
      {choices.length > 0 && (
        <label title={column.note || 'what the colours of points mean'}>
          <span class="term">colour</span>
          <select
            aria-label="colour"
            value={state.colour.value}
            onChange={(event) => actions.colourBy(event.currentTarget.value)}
          >
            <option value="">class</option>
            {choices.map(({ name, note }) => (
              <option key={name} value={name} title={note}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {column.labels ? <Legend column={column} /> : <Scale column={column} />}
    </div>
  )
}
