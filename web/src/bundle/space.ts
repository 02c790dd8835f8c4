/** `space.json`: what a bundle says of itself. The format is described in docs/bundle.md. */
import type { LinearView, TableView } from '../space/views'

/** Before the second, bundles had no columns. */
const VERSIONS: readonly number[] = [1, 2]

export type ColumnKind = 'category' | 'number' | 'date' | 'text'

/** What a bundle says of each point besides its class. */
export interface ColumnFile {
  readonly name: string
  readonly kind: ColumnKind
  /** How many points have no value. */
  readonly missing: number
  /** What it is, in a sentence or a formula; or nothing. */
  readonly note: string
  readonly file: string
}

export interface Overlay {
  readonly name: string
  readonly title: string
  readonly view: string
  readonly bounds: readonly [number, number, number, number]
  readonly rows: number
  readonly columns: number
  readonly file: string
  /** Whether its values are classes, −1 where there is none. */
  readonly classes?: boolean
}

export interface NetworkFile {
  readonly file: string
  readonly conditional: boolean
}

/** Several decoders of one space, which give their images one after the other. */
export interface EnsembleFile extends NetworkFile {
  readonly decoders: number
}

/** Says which class an image reads as. */
export interface JudgeFile extends NetworkFile {
  /** How ordinary an image is at least that shows one of the classes, 0 … 1. */
  readonly limit: number
  /** The share of test images that it names rightly. */
  readonly accuracy: number
}

/** Where some of the points lay while the model was trained. */
export interface FilmFile {
  /** Their codes after each of the epochs, laid end to end. */
  readonly file: string
  /** The losses after every epoch. */
  readonly history: string
  readonly epochs: readonly number[]
  /** The epoch whose weights the bundle has. */
  readonly shown: number
  readonly points: readonly number[]
  /** What decodes codes that lie as they did after an epoch. */
  readonly decoders?: readonly { readonly epoch: number; readonly file: string }[]
}

/** What training did to each picture, as far as a browser can do it too. */
export interface Preparation {
  readonly fit: 'crop' | 'pad' | 'stretch'
  /** "white", "black", "#rrggbb" or "edge". */
  readonly background: string
  readonly invert: boolean
}

export interface Space {
  readonly format: string
  readonly version: number
  readonly name: string
  readonly code: { readonly size: number }
  readonly points: {
    readonly count: number
    /** How many there were, where the points are some of them. */
    readonly of?: number
    readonly file: string
    readonly details: string
  }
  readonly classes: readonly string[]
  /** 101 percentiles of the distance from a code to the last of its neighbours. */
  readonly spacing: readonly number[]
  /** Of many codes: how the neighbours were found, and what share of the true ones that finds. */
  readonly neighbours?: { readonly recall: number; readonly note: string }
  readonly views: readonly (LinearView | TableView)[]
  readonly files: Readonly<Record<string, { readonly bytes: number }>>
  readonly columns: readonly ColumnFile[]
  readonly overlays: readonly Overlay[]
  readonly image?: { readonly channels: number; readonly height: number; readonly width: number }
  readonly atlas?: {
    readonly files: readonly string[]
    readonly width: number
    readonly height: number
    readonly columns: number
    readonly each: number
  }
  readonly encoder?: NetworkFile
  readonly decoder?: NetworkFile
  readonly ensemble?: EnsembleFile
  readonly judge?: JudgeFile
  readonly draws?: {
    readonly file: string
    readonly samplers: readonly { readonly name: string; readonly count: number }[]
  }
  readonly gaussians?: string
  readonly noise?: number
  readonly film?: FilmFile
  readonly preparation?: Preparation
}

/** How many points are shown, and of how many. */
export function shownOf({ points: { count, of } }: Space): string {
  const shown = count.toLocaleString('en')
  return of === undefined ? shown : `${shown} of ${of.toLocaleString('en')}`
}

/** What the page calls a space; that there are more points than it shows belongs to it. */
export function titleOf(space: Space): string {
  return space.points.of === undefined ? space.name : `${space.name} · ${shownOf(space)}`
}

/** Reads `space.json`, refusing what is no bundle of this version with a sentence. */
export function parseSpace(bytes: ArrayBuffer): Space {
  let space: Space
  try {
    space = JSON.parse(new TextDecoder().decode(bytes)) as Space
  } catch {
    throw new Error('space.json is damaged; export the run again')
  }
  if (space?.format !== 'latentscape-bundle') {
    throw new Error('space.json does not belong to a latentscape bundle; export the run again')
  }
  if (!VERSIONS.includes(space.version)) {
    throw new Error(
      `this bundle has version ${space.version} and this page reads ${VERSIONS.join(' and ')}; ` +
        'export the run again with the latentscape that you have now',
    )
  }
  for (const part of ['code', 'points', 'classes', 'views', 'files'] as const) {
    if (!(part in space))
      throw new Error(`space.json is damaged (no ${part}); export the run again`)
  }
  return {
    ...space,
    columns: space.columns ?? [],
    overlays: space.overlays ?? [],
    spacing: space.spacing ?? [],
  }
}

/** Refuses a file that has another length than the bundle says: a copy that broke off. */
export function whole(
  space: Space,
  name: string,
  bytes: ArrayBuffer,
  length = bytes.byteLength,
): ArrayBuffer {
  const expected = space.files[name]?.bytes
  if (expected !== undefined && expected !== length) {
    throw new Error(`${name} is damaged (${length} of ${expected} bytes); export the run again`)
  }
  return bytes
}
