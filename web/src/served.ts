/** The page as served: by `latentscape explore`, or by any host of static files. */
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import { servedFrom } from './bundle/source'
import { start } from './start'

start(document.getElementById('page')!, {
  source: servedFrom(new URL('bundle/', document.baseURI).href),
  wasm: async () => new URL(wasm, import.meta.url).href,
  networksWorker: () =>
    new Worker(new URL('./networks/worker.ts', import.meta.url), { type: 'module' }),
  neighboursWorker: () =>
    new Worker(new URL('./space/neighbours.worker.ts', import.meta.url), { type: 'module' }),
})
