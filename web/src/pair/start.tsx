/** Opens two spaces and shows the page, or says why not. */
import { signal } from '@preact/signals'
import { render } from 'preact'
import { Failure, Loading } from '../ui/Loading'
import { restorePair } from './link'
import { openPair, type PairHost } from './open'
import type { Pair } from './pair'
import { PairApp } from './PairApp'

export function startPair(
  element: HTMLElement,
  host: PairHost,
  opened: (pair: Pair) => void = () => undefined,
): void {
  const progress = signal(0)
  element.replaceChildren()
  render(<Loading progress={progress} />, element)
  openPair(host, (share) => (progress.value = share)).then(
    (pair) => {
      document.title = `${pair.sides.map(({ title }) => title).join(' beside ')} · latentscape`
      void restorePair(pair, location.hash).finally(() => {
        render(<PairApp pair={pair} />, element)
        pair.link()
        opened(pair)
      })
    },
    (error: Error) => render(<Failure sentence={error.message} />, element),
  )
}
