/** The bar above the plot: what is looked at, and how. */
import type { Explorer } from '../explorer/explorer'
import type { Look } from '../explorer/state'
import { linkTo } from '../explorer/restore'
import { useExplorer } from './context'
import { Menu } from './Menu'
import { Segments } from './Segments'
import { nextTheme, theme } from './theme'

export function Bar() {
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
    <header class="bar">
      <h1>
        <span class="brand">latentscape</span> <span class="about">{bundle.space.name}</span>
      </h1>
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
      <div class="minorControls">
        <button
          type="button"
          aria-label={`theme: ${theme.value}`}
          title={`theme: ${theme.value}`}
          onClick={nextTheme}
        >
          ◐
        </button>
        <SaveChoice />
        <LinkButton />
        <button
          type="button"
          aria-label="full screen"
          title="full screen"
          onClick={() => void fullScreen(explorer)}
        >
          <svg class="icon" viewBox="0 0 12 12" aria-hidden="true">
            <path d="M1 4V1H4M8 1H11V4M11 8V11H8M4 11H1V8" />
          </svg>
        </button>
        <button
          type="button"
          aria-label="keys and help"
          title="keys and help"
          onClick={() => actions.openDialog('keys')}
        >
          ?
        </button>
      </div>
    </header>
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

const FORMS = [
  { value: '', name: 'save' },
  { value: 'png', name: 'pixels (PNG)' },
  { value: 'svg', name: 'shapes (SVG)' },
]

function SaveChoice() {
  const { actions } = useExplorer()
  return (
    <Menu
      label="save the view"
      title="save the view"
      value=""
      choices={FORMS}
      onChoose={(form) => (form === 'png' || form === 'svg') && actions.saveView(form)}
    />
  )
}

async function fullScreen({ actions }: Explorer): Promise<void> {
  try {
    await (document.fullscreenElement
      ? document.exitFullscreen()
      : document.documentElement.requestFullscreen())
  } catch {
    actions.tell('What holds this page does not let it fill the screen.')
  }
}

function LinkButton() {
  const explorer = useExplorer()
  const copy = async () => {
    const address = new URL(linkTo(explorer), location.href).href
    history.replaceState(null, '', address)
    try {
      await navigator.clipboard.writeText(address)
      explorer.actions.tell('The link to this view is copied.')
    } catch {
      explorer.actions.tell('The link to this view is in the address bar.')
    }
  }
  return (
    <button type="button" title="copy a link that restores this view" onClick={() => void copy()}>
      link
    </button>
  )
}
