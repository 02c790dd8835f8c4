/** How the space is looked at: its view, its axes, and what stands for an image. */
import type { Look } from '../explorer/state'
import { useExplorer } from './context'
import { Menu } from './Menu'
import { Segments } from './Segments'

export function Controls() {
  const explorer = useExplorer()
  const { actions, state, bundle, views } = explorer
  const view = explorer.view.value
  const looks: { value: Look; name: string; title: string }[] = [
    { value: 'points', name: 'Points', title: 'one point for every image' },
  ]
  if (bundle.atlas)
    looks.push({ value: 'pictures', name: 'Pictures', title: 'thumbnails instead of points' })
  if (bundle.space.decoder && !state.solid.value && view.axes.length > 1) {
    looks.push({ value: 'map', name: 'Map', title: 'what every place decodes to' })
  }
  const look = (name: string, solid: boolean, shown?: readonly number[]) =>
    explorer.look(name, solid, shown).catch((error) => actions.fail('notice', error))
  return (
    <div class="controls">
      <Menu
        label="view"
        term="view"
        value={view.name}
        choices={views.map(({ name, title, note }) => ({ value: name, name: title, note }))}
        onChoose={(name) => void look(name, state.solid.value)}
      />
      {view.axes.length > view.shown.length && (
        <Axes onChoose={(shown) => void look(view.name, state.solid.value, shown)} />
      )}
      {view.axes.length > 2 && (
        <Segments
          label="dimensions of the plot"
          value={state.solid.value}
          choices={[
            { value: false, name: '2-D' },
            { value: true, name: '3-D' },
          ]}
          onChoose={(solid) => void look(view.name, solid)}
        />
      )}
      <Segments
        label="points, pictures or map"
        value={state.look.value}
        choices={looks}
        onChoose={(value) => actions.showLook(value)}
      />
    </div>
  )
}

function Axes({ onChoose }: { onChoose: (shown: number[]) => void }) {
  const view = useExplorer().view.value
  const prefix = view.name === 'code' ? 'z' : ''
  return (
    <span class="axesChoice">
      {view.shown.map((axis, a) => (
        <Menu
          key={a}
          label={`axis ${a + 1}`}
          value={String(axis)}
          choices={view.axes.map((name, value) => ({ value: String(value), name: prefix + name }))}
          onChoose={(value) => {
            const chosen = Number(value)
            // An axis that is shown already changes places with this one.
            onChoose(
              view.shown.map((other, b) => (b === a ? chosen : other === chosen ? axis : other)),
            )
          }}
        />
      ))}
    </span>
  )
}
