/** The bar above the plot: what is looked at, how, and what can be done with it. */
import { titleOf } from '../bundle/space'
import { linkTo } from '../explorer/restore'
import { FullScreenButton, HelpButton, LinkButton, SaveChoice, ThemeButton } from './barButtons'
import { useExplorer } from './context'
import { Controls } from './Controls'

export function Bar() {
  const explorer = useExplorer()
  return (
    <header class="bar">
      <h1>
        <span class="brand">latentscape</span>{' '}
        <span class="about">{titleOf(explorer.bundle.space)}</span>
      </h1>
      <Controls />
      <div class="minorControls">
        <ThemeButton />
        <SaveChoice />
        <LinkButton link={() => linkTo(explorer)} />
        <FullScreenButton />
        <HelpButton />
      </div>
    </header>
  )
}
