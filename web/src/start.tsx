/** Opens the bundle and shows the page, or says why not. */
import { signal } from '@preact/signals'
import { render } from 'preact'
import { type Bundle, openBundle } from './bundle/open'
import { Explorer } from './explorer'
import type { Host } from './source'
import { App } from './ui/App'
import { Failure, Loading } from './ui/Loading'

export function start(element: HTMLElement, host: Host): void {
  const progress = signal(0)
  render(<Loading progress={progress} />, element)
  openBundle(host.source, (share) => (progress.value = share)).then(
    (bundle) => open(element, host, bundle),
    (error: Error) => render(<Failure sentence={error.message} />, element),
  )
}

function open(element: HTMLElement, host: Host, bundle: Bundle): void {
  const explorer = new Explorer(bundle, host)
  document.title = `${bundle.space.name} · latentscape`
  void explorer.restore(location.hash).finally(() => render(<App explorer={explorer} />, element))
}
