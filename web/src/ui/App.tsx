/** The page: a bar above, the plot, a panel beside it, the tools below. */
import { effect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { listenToDrops } from '../drop'
import type { Explorer } from '../explorer'
import { listenToKeys } from '../keys'
import { linkTo } from '../restore'
import { Tools } from '../tools/Tools'
import { Bar } from './Bar'
import { ExplorerContext } from './context'
import { Dialogs } from './Dialogs'
import { Hero } from './Hero'
import { Pins } from './Pins'
import { Plot } from './Plot'

export function App({ explorer }: { explorer: Explorer }) {
  useEffect(() => keepLink(explorer), [explorer])
  useEffect(() => listenToKeys(explorer), [explorer])
  useEffect(() => listenToDrops(explorer), [explorer])
  return (
    <ExplorerContext.Provider value={explorer}>
      <Bar />
      <main class="middle">
        <Plot />
        <aside class="panel" aria-label="what is decoded, and pins">
          <Hero />
          <Pins />
        </aside>
      </main>
      <Tools />
      <Dialogs />
    </ExplorerContext.Provider>
  )
}

/** Writes the address a moment after the last change. */
function keepLink(explorer: Explorer): () => void {
  let timer = 0
  const stop = effect(() => {
    const link = linkTo(explorer)
    clearTimeout(timer)
    timer = window.setTimeout(() => history.replaceState(null, '', link), 250)
  })
  return () => {
    clearTimeout(timer)
    stop()
  }
}
