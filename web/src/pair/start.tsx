/** Opens two spaces and shows the page, or says why not. */
import { render } from 'preact'
import { Arrivals } from '../ui/arrivals'
import { Failure, Loading } from '../ui/Loading'
import { hashesOf, restorePair } from './link'
import { openPair, type PairHost } from './open'
import type { Pair } from './pair'
import { PairApp } from './PairApp'

export function startPair(
  element: HTMLElement,
  host: PairHost,
  opened: (pair: Pair) => void = () => undefined,
): void {
  const arrivals = new Arrivals(hashesOf(location.hash))
  element.replaceChildren()
  render(<Loading coming={arrivals.coming} />, element)
  openPair(host, arrivals).then(
    (pair) => {
      document.title = `${pair.sides.map(({ title }) => title).join(' beside ')} · latentscape`
      void restorePair(pair, location.hash).finally(() => {
        render(<PairApp pair={pair} beginnings={arrivals.beginnings} />, element)
        pair.link()
        opened(pair)
      })
    },
    (error: Error) => render(<Failure sentence={error.message} />, element),
  )
}
