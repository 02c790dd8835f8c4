/** What is filtered: how many points are shown, and a chip for each filter that takes it away. */
import { inWords } from '../explorer/filters'
import { useExplorer } from './context'

export function Filters() {
  const { actions, bundle, columns, state } = useExplorer()
  const filters = [...state.filters.value]
  if (filters.length === 0) return null
  const select = () => {
    const inside: number[] = []
    columns.marked.value?.forEach((mark, i) => mark && inside.push(i))
    actions.gather(inside)
  }
  return (
    <div class="filters" role="group" aria-label="filters">
      <p class="number" role="status">
        {columns.passing.value.toLocaleString('en')} of {bundle.points.count.toLocaleString('en')}{' '}
        shown
      </p>
      {filters.map(([name, filter]) => {
        const column = columns.known.value.get(name)
        const words = column ? inWords(column, filter) : name
        return (
          <span key={name} class="chip">
            <button type="button" title="colour by it" onClick={() => actions.colourBy(name)}>
              <bdi>{words}</bdi>
            </button>
            <button
              type="button"
              aria-label={`remove the filter ${words}`}
              onClick={() => actions.filter(name, null)}
            >
              ×
            </button>
          </span>
        )
      })}
      <button type="button" class="minor" onClick={select}>
        select these
      </button>
      <button type="button" class="minor" onClick={() => actions.clearFilters()}>
        show all
      </button>
    </div>
  )
}
