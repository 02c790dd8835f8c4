/** Runs encoder, decoders and judge beside the page, one batch after the other. */
import * as ort from 'onnxruntime-web/wasm'
import type { Feed, Reply, Request, Role } from './messages'

interface Open {
  readonly role: Role
  readonly session: ort.InferenceSession
  readonly takes: readonly number[]
  readonly gives: readonly number[]
}

const input = { encoder: 'images', decoder: 'code', ensemble: 'code', judge: 'images' } as const
const output = {
  encoder: 'code',
  decoder: 'images',
  ensemble: 'images',
  judge: 'reading',
} as const
/** The smallest network there is: y = x. */
const IDENTITY =
  'CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEA0='

const BLOCKED =
  'This browser runs no WebAssembly here, which the networks need: a policy or an extension may ' +
  'block it, or its file is missing. Points, pictures and search work all the same.'

/** By their files. */
const open = new Map<string, Open>()

ort.env.wasm.numThreads = 1 // more would need cross-origin isolation, which static hosts lack
ort.env.logLevel = 'error'

async function answer(request: Request): Promise<Float32Array | undefined> {
  if (request.kind === 'wasm') {
    if (typeof request.wasm === 'string') ort.env.wasm.wasmPaths = { wasm: request.wasm }
    else ort.env.wasm.wasmBinary = request.wasm
    // The first session compiles the wasm: let that happen while the networks are on their way.
    const identity = Uint8Array.from(atob(IDENTITY), (c) => c.charCodeAt(0))
    await ort.InferenceSession.create(identity).catch(() => {
      throw new Error(BLOCKED)
    })
    return undefined
  }
  if (request.kind === 'open') {
    const session = await ort.InferenceSession.create(request.onnx, {
      executionProviders: ['wasm'],
    }).catch(() => {
      throw new Error(`${request.file} is no network that this page can run; export the run again`)
    })
    open.set(request.file, { session, ...request })
    // The first batch of a network is slow: let it be one that nobody waits for.
    const size = request.takes.reduce((n, side) => n * side, 1)
    await run(request.file, { values: new Float32Array(size), batch: 1, label: 0 })
    return undefined
  }
  return run(request.file, request.feed)
}

async function run(file: string, { values, batch, label }: Feed): Promise<Float32Array> {
  const network = open.get(file)
  if (!network) throw new Error(`${file} is not there yet`)
  const { role } = network
  const feeds: Record<string, ort.Tensor> = {
    [input[role]]: new ort.Tensor('float32', values, [batch, ...network.takes]),
  }
  if (network.session.inputNames.includes('label')) {
    feeds.label = new ort.Tensor('int64', new BigInt64Array(batch).fill(BigInt(label ?? 0)))
  }
  const outcome = (await network.session.run(feeds))[output[role]]
  const expected = [batch, ...network.gives].join('×')
  if (outcome?.dims.join('×') !== expected) {
    throw new Error(
      `the ${role} gives ${outcome?.dims.join('×') ?? 'nothing'} where the bundle says ${expected}; ` +
        'export the run again',
    )
  }
  return outcome.data as Float32Array
}

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  const reply: Reply = { id: data.id }
  try {
    const values = await answer(data)
    if (values) reply.values = values
  } catch (error) {
    reply.error = error instanceof Error ? error.message : String(error)
  }
  self.postMessage(reply, reply.values ? { transfer: [reply.values.buffer] } : {})
}
