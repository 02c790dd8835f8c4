/** Finds the codes nearest to any code, by looking at all of them, beside the page. */
import { nearestCodes } from './neighbours'

let codes = new Float32Array(0)
let size = 1

self.onmessage = ({ data }: MessageEvent) => {
  if (data.codes) {
    codes = data.codes
    size = data.size
    return
  }
  const { indices, distances } = nearestCodes(codes, size, data.code, data.k)
  self.postMessage({ id: data.id, indices, distances })
}
