/** What can be done with what is looked at: its theme, its picture, its link, the whole screen. */
import type { Explorer } from '../explorer/explorer'
import { useExplorer } from './context'
import { Menu } from './Menu'
import { nextTheme, theme } from './theme'

export function ThemeButton() {
  return (
    <button
      type="button"
      aria-label={`theme: ${theme.value}`}
      title={`theme: ${theme.value}`}
      onClick={nextTheme}
    >
      ◐
    </button>
  )
}

const FORMS = [
  { value: '', name: 'save' },
  { value: 'png', name: 'pixels (PNG)' },
  { value: 'svg', name: 'shapes (SVG)' },
]

export function SaveChoice() {
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

export function FullScreenButton() {
  const explorer = useExplorer()
  return (
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

export function LinkButton({ link }: { link: () => string }) {
  const explorer = useExplorer()
  const copy = async () => {
    const address = new URL(link(), location.href).href
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

export function HelpButton() {
  const { actions } = useExplorer()
  return (
    <button
      type="button"
      aria-label="keys and help"
      title="keys and help"
      onClick={() => actions.openDialog('keys')}
    >
      ?
    </button>
  )
}
