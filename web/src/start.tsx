/** Opens the bundle and shows the page, or says why not. */
import { signal } from '@preact/signals'
import { render } from 'preact'
import { openBundle } from './bundle/open'
import type { Space } from './bundle/space'
import { type Engine, Explorer, startEngine } from './explorer/explorer'
import { restore } from './explorer/restore'
import type { Host } from './bundle/source'
import { App } from './App'
import { Failure, Loading } from './ui/Loading'

export function start(
  element: HTMLElement,
  host: Host,
  opened: (explorer: Explorer) => void = () => undefined,
): void {
  const progress = signal(0)
  element.replaceChildren()
  render(<Loading progress={progress} />, element)
  let engine: Engine | null = null
  const told = (space: Space) => (engine = startEngine(space, host))
  openBundle(host.source, (share) => (progress.value = share), told).then(
    (bundle) => open(element, new Explorer(bundle, host, engine), opened),
    (error: Error) => render(<Failure sentence={error.message} />, element),
  )
}

function open(
  element: HTMLElement,
  explorer: Explorer,
  opened: (explorer: Explorer) => void,
): void {
  document.title = `${explorer.bundle.space.name} · latentscape`
  void restore(explorer, location.hash).finally(() => {
    render(<App explorer={explorer} />, element)
    opened(explorer)
  })
}
