"""Page and Python decode alike: 100 codes within 1e-4."""

import base64

import numpy as np
import pytest

from tests.page.pages import Opened

pytestmark = pytest.mark.page

DECODE = """async ([wasm, onnx, codes, size]) => {
  const worker = new Worker(wasm.worker, {type: 'module'})
  let next = 0
  const ask = message => new Promise((done, failed) => {
    const id = next++
    const listen = ({data}) => {
      if (data.id !== id) return
      worker.removeEventListener('message', listen)
      data.error ? failed(new Error(data.error)) : done(data.values)
    }
    worker.addEventListener('message', listen)
    worker.postMessage({...message, id})
  })
  await ask({kind: 'wasm', wasm: wasm.file})
  const bytes = await (await fetch(onnx)).arrayBuffer()
  await ask({kind: 'open', role: 'decoder', onnx: bytes, takes: [size], gives: [1, 8, 8]})
  const feed = {values: Float32Array.from(codes), batch: codes.length / size, label: null}
  const images = await ask({kind: 'run', role: 'decoder', feed})
  worker.terminate()
  return btoa(String.fromCharCode(...new Uint8Array(images.buffer)))
}"""


@pytest.mark.parametrize("host", ["served"], indirect=True, scope="session")
def test_a_hundred_codes(wide_page: Opened, wide, wide_address):
    names = wide_page.page.evaluate(
        "performance.getEntriesByType('resource').map(entry => entry.name)"
    )
    worker = next(name for name in names if "/worker-" in name)
    from latentscape.explorer.page import page_files

    wasm = next(name for name in page_files() if name.endswith(".wasm"))
    codes = np.random.default_rng(0).normal(size=(100, 16)).astype(np.float32)
    files = {"worker": worker, "file": wide_address + wasm}
    arguments = [files, wide_address + "bundle/decoder.onnx", codes.ravel().tolist(), 16]
    answer = base64.b64decode(wide_page.page.evaluate(DECODE, arguments))
    images = np.frombuffer(answer, np.float32).reshape(100, 1, 8, 8)
    np.testing.assert_allclose(images, wide.decode(codes), atol=1e-4)
