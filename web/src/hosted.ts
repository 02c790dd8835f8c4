/** What surrounds the page where it is served: by `latentscape explore`, or by any static host. */
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import { type Host, type Source, servedFrom } from './bundle/source'

/** The files of a folder beside the page. */
export function servedAt(folder: string): Source {
  return servedFrom(new URL(folder, document.baseURI).href)
}

export function servedHost(folder: string): Host {
  return {
    source: servedAt(folder),
    wasm: async () => new URL(wasm, import.meta.url).href,
    networksWorker: () =>
      new Worker(new URL('./networks/worker.ts', import.meta.url), { type: 'module' }),
    neighboursWorker: () =>
      new Worker(new URL('./space/neighbours.worker.ts', import.meta.url), { type: 'module' }),
  }
}
