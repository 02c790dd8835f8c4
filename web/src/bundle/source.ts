/**
 * Where a bundle comes from. The page knows a bundle only through `Source`, and what surrounds it
 * only through `Host`, so that a server, a folder on any host, one file or a notebook can serve it.
 */

export type Progress = (share: number) => void

export interface Source {
  /** The content of one of the bundle's files. Rejects with a sentence when it cannot be had. */
  bytes(name: string, progress?: Progress): Promise<ArrayBuffer>
  /** The same as it comes. */
  stream(name: string): Promise<ReadableStream<Uint8Array>>
}

export interface Host {
  readonly source: Source
  /** onnxruntime's wasm: its address, or its bytes where there is no address. */
  wasm(): Promise<string | ArrayBuffer>
  networksWorker(): Worker
  neighboursWorker(): Worker
}

/** A bundle's files below an address. */
export function servedFrom(base: string): Source {
  const fetched = async (name: string) => {
    const response = await fetch(base + name).catch(() => null)
    if (!response) throw new Error(unreachable(name))
    if (!response.ok)
      throw new Error(`${name} is missing (status ${response.status}); export the run again`)
    return response
  }
  return {
    async bytes(name, progress) {
      const response = await fetched(name)
      return progress ? counted(response, progress) : response.arrayBuffer()
    },
    async stream(name) {
      return (await fetched(name)).body ?? new Blob().stream()
    },
  }
}

export function unreachable(name: string): string {
  return `${name} cannot be fetched; is the explorer still running?`
}

/** The files of a folder as base64 of gzip in `<script type="application/gzip" data-file="…">`. */
export function embeddedIn(page: Document, folder = ''): Source {
  const stream = async (name: string) => {
    const packed = holderOf(page, folder + name)?.textContent
    if (!packed) throw new Error(`${name} is missing from this file; export the run again`)
    return decoded(packed).pipeThrough(new DecompressionStream('gzip'))
  }
  return { stream, bytes: async (name) => new Response(await stream(name)).arrayBuffer() }
}

/** Letters of base64 that are decoded at a time: whole bytes. */
const SLICE = 1 << 20

function decoded(base64: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0
  return new ReadableStream({
    pull(out) {
      const letters = atob(base64.slice(at, (at += SLICE)))
      const bytes = new Uint8Array(letters.length)
      for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i)
      out.enqueue(bytes)
      if (at >= base64.length) out.close()
    },
  })
}

/** Whether a file is within the page. */
export function isEmbedded(page: Document, name: string): boolean {
  return holderOf(page, name) !== null
}

function holderOf(page: Document, name: string): Element | null {
  return page.querySelector(`script[data-file="${CSS.escape(name)}"]`)
}

async function counted(response: Response, progress: Progress): Promise<ArrayBuffer> {
  const total = Number(response.headers.get('x-length') ?? response.headers.get('content-length'))
  if (!response.body || !total) return response.arrayBuffer()
  let seen = 0
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, out) {
      seen += chunk.byteLength
      progress(Math.min(1, seen / total))
      out.enqueue(chunk)
    },
  })
  return new Response(response.body.pipeThrough(counter)).arrayBuffer()
}
