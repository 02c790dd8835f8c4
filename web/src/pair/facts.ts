/** `pair.json`: what two spaces share. The format is described in docs/bundle.md. */
import type { ColumnFile } from '../bundle/space'

const VERSION = 1

/** A map from one space to the other, y = z matrix + offset. */
export interface MapFile {
  readonly file: string
  readonly kind: 'orthogonal' | 'affine'
  readonly offset: readonly number[]
  /** The share of the variance of the other's codes it explains, of images it was not found on. */
  readonly r2: number
  /** Mean squared difference of a pixel between what it leads to and what the image's own code decodes to. */
  readonly error?: number
  /** The same of two different images. */
  readonly apart?: number
}

export interface Facts {
  /** How many images are in both. */
  readonly linked: number
  readonly neighbours: number
  /** How many of an image's nearest others both spaces have, from 0 to 1, on average. */
  readonly shared: number
  /** What two spaces that know nothing of each other would share. */
  readonly chance: number
  /** How neighbours of many images were found, where an index misses a few; else nothing. */
  readonly how?: string
  /** Of the first's points, and of the second's. */
  readonly columns: readonly [ColumnFile, ColumnFile]
  /** From the first to the second, and back. */
  readonly maps: readonly [MapFile, MapFile]
}

/** Reads `pair.json`, refusing what is none of this version with a sentence. */
export function parseFacts(bytes: ArrayBuffer): Facts {
  let facts: Facts & { readonly format: string; readonly version: number }
  try {
    facts = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw new Error('pair.json is damaged; export the two runs again')
  }
  if (facts?.format !== 'latentscape-pair') {
    throw new Error('pair.json belongs to no pair of spaces; export the two runs again')
  }
  if (facts.version !== VERSION) {
    throw new Error(
      `this pair has version ${facts.version} and this page reads ${VERSION}; ` +
        'export the two runs again with the latentscape that you have now',
    )
  }
  return facts
}
