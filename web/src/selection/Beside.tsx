/** A column of a selection beside the same of everything. */
import { useEffect, useState } from 'preact/hooks'
import type { Column } from '../bundle/columns'
import { useExplorer } from '../ui/context'
import { Menu } from '../ui/Menu'
import { Shares } from './Shares'
import { Spread } from './Spread'

export function Beside({ selection }: { selection: Uint32Array }) {
  const { actions, bundle } = useExplorer()
  const columns = bundle.space.columns.filter(({ kind }) => kind !== 'text')
  const [name, setName] = useState('')
  const [column, setColumn] = useState<Column>(bundle.classes)
  useEffect(() => {
    let wanted = true
    bundle.values(name).then(
      (found) => wanted && found && setColumn(found),
      (error) => actions.fail('notice', error),
    )
    return () => {
      wanted = false
    }
  }, [name, bundle, actions])
  if (columns.length === 0 && bundle.labels.length < 2) return null
  return (
    <div>
      <h3>
        <Menu
          label="what is counted"
          value={name}
          choices={[
            { value: '', name: 'classes' },
            ...columns.map(({ name: other, note }) => ({ value: other, name: other, note })),
          ]}
          onChoose={setName}
        />
        <span class="quiet">▮ here · ▏everywhere</span>
      </h3>
      {column.labels ? (
        <Shares column={column} selection={selection} />
      ) : (
        <Spread column={column} selection={selection} />
      )}
    </div>
  )
}
