/** What the page and the networks' worker say to each other. */
export type Role = 'encoder' | 'decoder' | 'ensemble' | 'judge'

export interface Feed {
  /** Images (B × C × H × W) or codes (B × d). */
  readonly values: Float32Array
  readonly batch: number
  /** The class given to a conditional network. */
  readonly label: number | null
}

export type Request =
  | { id: number; kind: 'wasm'; wasm: string | ArrayBuffer }
  | {
      id: number
      kind: 'open'
      role: Role
      file: string
      onnx: ArrayBuffer
      takes: number[]
      gives: number[]
    }
  | { id: number; kind: 'run'; file: string; feed: Feed }

export type Reply = { id: number; values?: Float32Array; error?: string }
