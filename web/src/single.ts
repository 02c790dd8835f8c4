/** The page as one file that opens from disk, everything within it. */
import NeighboursWorker from './space/neighbours.worker.ts?worker&inline'
import NetworksWorker from './networks/worker.ts?worker&inline'
import { embeddedIn, type Host, isEmbedded } from './bundle/source'
import { isFramed, talkToHost } from './explorer/bridge'
import type { PairHost } from './pair/open'
import { startPair } from './pair/start'
import { start } from './start'

const element = document.getElementById('page')!

const embeddedHost = (folder: string): Host => ({
  source: embeddedIn(document, folder),
  wasm: () => embeddedIn(document).bytes('ort.wasm'),
  networksWorker: () => new NetworksWorker(),
  neighboursWorker: () => new NeighboursWorker(),
})

if (isEmbedded(document, 'pair/pair.json')) {
  const host: PairHost = {
    sides: [embeddedHost('bundle/'), embeddedHost('beside/')],
    pair: embeddedIn(document, 'pair/'),
  }
  startPair(element, host, (pair) => {
    if (!isFramed()) return
    pair.sides.forEach((side, i) =>
      talkToHost(side.explorer, ['first', 'second'][i], () => pair.pointAt(side)),
    )
  })
} else {
  start(element, embeddedHost('bundle/'), (explorer) => isFramed() && talkToHost(explorer))
}
