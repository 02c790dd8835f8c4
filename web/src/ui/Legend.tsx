/** Categories: sign, name, count. Click shows one alone, Shift and click switches it. */
import { useMemo } from 'preact/hooks'
import { type Categories, nameOf } from '../bundle/columns'
import { alone, lets, switched } from '../explorer/filters'
import { countsOf, legendOf } from '../explorer/legend'
import { colourOf, outlineOf, SHAPES, shapeOf } from '../images/palette'
import { useExplorer } from './context'

export function Legend({ column }: { column: Categories }) {
  const explorer = useExplorer()
  const { actions, columns, state } = explorer
  const { shown, more } = legendOf(column)
  const besides = explorer.filmed(columns.besides.value)
  const counts = useMemo(() => countsOf(column, besides), [column, besides])
  const here = column.labels[state.hovered.value]
  if (shown.length === 1 && shown[0] === -1) return null
  return (
    <ul class="legend" aria-label={column.name || 'classes'}>
      {shown.map((label) => (
        <li key={label} class={label === here ? 'here' : ''}>
          <CategoryButton column={column} label={label} count={counts[label + 1]} />
        </li>
      ))}
      {more.length > 0 && (
        <li>
          <button
            type="button"
            aria-label={`all ${more.length} ${column.name || 'classes'}`}
            onClick={() => actions.openDialog('legend')}
          >
            +{more.length - shown.length} ▾
          </button>
        </li>
      )}
    </ul>
  )
}

interface Category {
  readonly column: Categories
  readonly label: number
  readonly count: number
}

export function CategoryButton({ column, label, count }: Category) {
  const { actions, state } = useExplorer()
  const filter = state.filters.value.get(column.name)
  return (
    <button
      type="button"
      aria-pressed={lets(filter, label)}
      title="click: these alone · Shift and click: switch them on or off"
      onClick={(event) =>
        actions.filter(
          column.name,
          event.shiftKey ? switched(column, filter, label) : alone(filter, label),
        )
      }
    >
      <span class={`dot ${outlineOf(label)}`} aria-hidden="true" style={{ color: colourOf(label) }}>
        {SHAPES[shapeOf(label)]}
      </span>
      <bdi class="name">{nameOf(column, label)}</bdi>
      <span class="count">{count.toLocaleString('en')}</span>
    </button>
  )
}
