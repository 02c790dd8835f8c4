/** What colours mean: by what they are chosen, and their scale, with the value under the pointer. */
import { type Column, valueOf, written } from '../bundle/columns'
import { colourOf, outlineOf, SHAPES, shapeOf } from '../images/palette'
import { SCALE } from '../plot/scale'
import { useExplorer } from './context'
import { Legend } from './Legend'

const MOST = 10

export function Colour() {
  const explorer = useExplorer()
  const { actions, bundle, state } = explorer
  const columns = bundle.space.columns.filter(({ kind }) => kind !== 'text')
  const column = explorer.column.value
  return (
    <div class="colour">
      {columns.length > 0 && (
        <label title={column?.about.note || 'what the colours of points mean'}>
          <span class="term">colour</span>
          <select
            aria-label="colour"
            value={state.colour.value}
            onChange={(event) => actions.colourBy(event.currentTarget.value)}
          >
            <option value="">class</option>
            {columns.map(({ name, note }) => (
              <option key={name} value={name} title={note}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {!column && <Legend />}
      {column?.labels && <Categories column={column} labels={column.labels} />}
      {column && !column.labels && <Bar column={column} />}
    </div>
  )
}

/** The commonest categories; a press selects the points of one. */
function Categories({ column, labels }: { column: Column; labels: Int32Array }) {
  const { actions, state } = useExplorer()
  const counts = new Uint32Array(column.names.length + 1)
  for (const label of labels) counts[label + 1]++
  const all = column.names.map((_, label) => label)
  const largest = new Set(all.toSorted((a, b) => counts[b + 1] - counts[a + 1]).slice(0, MOST))
  const shown = [...all.filter((label) => largest.has(label)), ...(counts[0] ? [-1] : [])]
  const rest = all.length - largest.size
  const select = (label: number) => {
    const inside: number[] = []
    labels.forEach((other, i) => other === label && inside.push(i))
    actions.gather(inside)
  }
  const here = state.hovered.value < 0 ? null : labels[state.hovered.value]
  return (
    <ul class="legend" aria-label={column.about.name}>
      {shown.map((label) => (
        <li key={label} class={label === here ? 'here' : ''}>
          <button type="button" title="select these" onClick={() => select(label)}>
            <span class={`dot ${outlineOf(label)}`} aria-hidden style={{ color: colourOf(label) }}>
              {SHAPES[shapeOf(label)]}
            </span>
            <bdi class="name">{column.names[label] ?? 'no value'}</bdi>
            <span class="count">{counts[label + 1].toLocaleString('en')}</span>
          </button>
        </li>
      ))}
      {rest > 0 && <li class="quiet">and {rest} more</li>}
    </ul>
  )
}

function Bar({ column }: { column: Column }) {
  const { state } = useExplorer()
  const { low, high, numbers } = column
  const hovered = state.hovered.value
  const share = hovered < 0 ? NaN : (numbers[hovered] - low) / (high - low || 1)
  return (
    <p class="scale" role="group" aria-label={`scale of ${column.about.name}`}>
      <span class="number">{written(column, low)}</span>
      <span class="ramp" style={{ background: `linear-gradient(90deg, ${SCALE.join()})` }}>
        {!Number.isNaN(share) && <span class="mark" style={{ left: `${100 * share}%` }} />}
      </span>
      <span class="number">{written(column, high)}</span>
      {column.about.missing > 0 && (
        <span class="quiet">○ no value {column.about.missing.toLocaleString('en')}</span>
      )}
      <span class="quiet" data-value>
        {hovered < 0 ? '' : `here ${valueOf(column, hovered)}`}
      </span>
    </p>
  )
}
