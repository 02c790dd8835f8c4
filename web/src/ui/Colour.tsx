/** What colours mean, in one menu: of the points, and of the field behind them; and the points' legend. */
import { fieldsOf } from '../explorer/overlays'
import { useExplorer } from './context'
import { Legend } from './Legend'
import { Menu } from './Menu'
import { Scale } from './Scale'

const BEHIND = 'behind '
const OF_POINTS = 'points '

export function Colour() {
  const explorer = useExplorer()
  const { actions, bundle, columns, state } = explorer
  const column = columns.chosen.value
  const classless = bundle.labels.every((label) => label < 0)
  const points = [{ name: '', note: '' }, ...bundle.space.columns.filter((c) => c.kind !== 'text')]
  const fields = state.solid.value ? [] : fieldsOf(bundle, explorer.view.value)
  const shown = state.field.value
  const ofPoints = points.map(({ name, note }) => ({
    value: OF_POINTS + name,
    name: name || (classless ? 'all alike' : 'class'),
    note,
  }))
  const ofFields = fields.map(({ name, title }) => ({
    value: BEHIND + name,
    name: name === shown ? `✓ ${title}` : title,
  }))
  const choices = [
    { heading: 'points', choices: ofPoints },
    ...(ofFields.length ? [{ heading: 'behind the points', choices: ofFields }] : []),
  ]
  const choose = (choice: string) => {
    if (choice.startsWith(BEHIND)) actions.toggleField(choice.slice(BEHIND.length))
    else actions.colourBy(choice.slice(OF_POINTS.length))
  }
  return (
    <div class="colour">
      <Menu
        label="colour"
        term="colour"
        title={column.note || 'what colours mean'}
        value={OF_POINTS + state.colour.value}
        choices={choices}
        onChoose={choose}
      />
      {column.labels ? <Legend column={column} /> : <Scale column={column} />}
    </div>
  )
}
