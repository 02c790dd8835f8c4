/** The page: a bar above, the plot, and a panel beside it: the decoded image, and one tool at a time. */
import { useEffect } from 'preact/hooks'
import { listenToDrops } from './explorer/drop'
import type { Explorer } from './explorer/explorer'
import { listenToKeys } from './explorer/keys'
import { followLinks, keepLink, linkTo, restore } from './explorer/restore'
import type { Beginning } from './plot/beginning'
import { Tools } from './tools/Tools'
import { Bar } from './ui/Bar'
import { ExplorerContext } from './ui/context'
import { Dialogs } from './ui/Dialogs'
import { FilmRow } from './ui/FilmRow'
import { Hero } from './ui/Hero'
import { Plot } from './ui/Plot'

interface Shown {
  readonly explorer: Explorer
  /** What was drawn until now. */
  readonly beginning: Beginning | null
}

export function App({ explorer, beginning }: Shown) {
  useEffect(() => {
    const follow = (hash: string) =>
      void restore(explorer, hash).catch((error) => explorer.actions.fail('notice', error))
    const stops = [
      keepLink(() => linkTo(explorer)),
      followLinks(follow),
      listenToKeys(() => explorer),
      listenToDrops(() => explorer),
    ]
    return () => stops.forEach((stop) => stop())
  }, [explorer])
  return (
    <ExplorerContext.Provider value={explorer}>
      <Bar />
      <main class="middle">
        <div class="left">
          <Plot beginning={beginning} />
          <FilmRow />
        </div>
        <aside class="panel" aria-label="what is decoded, and tools">
          <Hero />
          <Tools />
        </aside>
      </main>
      <Dialogs />
    </ExplorerContext.Provider>
  )
}
