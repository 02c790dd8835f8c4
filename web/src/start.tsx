/** Opens the bundle and shows the page, or says why not. */
import { render } from 'preact'
import { openBundle } from './bundle/open'
import { type Engine, Explorer, startEngine } from './explorer/explorer'
import { restore } from './explorer/restore'
import type { Host } from './bundle/source'
import { App } from './App'
import type { Beginning } from './plot/beginning'
import { Arrivals } from './ui/arrivals'
import { Failure, Loading } from './ui/Loading'

export function start(
  element: HTMLElement,
  host: Host,
  opened: (explorer: Explorer) => void = () => undefined,
): void {
  const arrivals = new Arrivals([location.hash])
  element.replaceChildren()
  render(<Loading coming={arrivals.coming} />, element)
  let engine: Engine | null = null
  const opening = arrivals.of(0, (space) => (engine = startEngine(space, host)))
  openBundle(host.source, opening).then(
    (bundle) => open(element, new Explorer(bundle, host, engine), arrivals.beginnings[0], opened),
    (error: Error) => render(<Failure sentence={error.message} />, element),
  )
}

function open(
  element: HTMLElement,
  explorer: Explorer,
  beginning: Beginning | null,
  opened: (explorer: Explorer) => void,
): void {
  document.title = `${explorer.bundle.space.name} · latentscape`
  void restore(explorer, location.hash).finally(() => {
    render(<App explorer={explorer} beginning={beginning} />, element)
    opened(explorer)
  })
}
