/** The page as one file that opens from disk, everything within it. */
import NeighboursWorker from './space/neighbours.worker.ts?worker&inline'
import NetworksWorker from './networks/worker.ts?worker&inline'
import { embeddedIn } from './bundle/source'
import { isFramed, talkToHost } from './explorer/bridge'
import { start } from './start'

const source = embeddedIn(document)
start(
  document.getElementById('page')!,
  {
    source,
    wasm: () => source.bytes('ort.wasm'),
    networksWorker: () => new NetworksWorker(),
    neighboursWorker: () => new NeighboursWorker(),
  },
  (explorer) => isFramed() && talkToHost(explorer),
)
