/**
 * What a person has chosen and what is being shown: the page's whole memory, as signals. Everyone may
 * read it; it is changed by `Actions` alone.
 */
import { type ReadonlySignal, signal } from '@preact/signals'
import type { Move } from '../images/moves'
import type { Reading } from '../networks/networks'
import { HOME } from '../space/camera'
import type { Near } from '../space/neighbours'
import type { Certainty } from '../space/views'
import type { Filter, Filters } from './filters'
import { NO_FIELD } from './overlays'

export type Look = 'points' | 'pictures' | 'map'
export type ToolName = 'selection' | 'sliders' | 'path' | 'draw' | 'move' | 'sample'
export type Gesture = 'move' | 'lasso' | 'box'
/** Who moved the current spot last. */
export type Origin =
  | 'start'
  | 'pointer'
  | 'keys'
  | 'sliders'
  | 'path'
  | 'draw'
  | 'move'
  | 'sample'
  | 'pin'
  | 'selection'
  | 'difference'
  | 'film'
  // What the other of two spaces shows: the same image, what it decodes to, or its code led across.
  | 'twin'
  | 'encoded'
  | 'stitched'
  // What moved it is gone: the pointer left, or the tool was closed.
  | 'earlier'

export interface Spot {
  readonly code: Float32Array
  readonly origin: Origin
  readonly certainty: Certainty
  /** The stored point that is followed through the film. */
  readonly index?: number
  /** A place in the view, where it is known better than by the code. */
  readonly place?: readonly [number, number]
}

export interface Pin {
  readonly key: number
  readonly code: Float32Array
  /** The stored point, where it is one. */
  readonly index: number | null
  readonly title: string
  /** What was drawn or dropped, (C × H × W) in [0, 1]. */
  readonly picture: Float32Array | null
}

/** Codes that a tool marks in the plot. */
export interface Marks {
  readonly kind: 'path' | 'draws' | 'walk'
  readonly codes: readonly Float32Array[]
}

/** Which pinned image is moved, by the pin's key, and how. */
export interface Moving {
  readonly pin: number
  readonly move: Move
}

export type PathEnd = 'from' | 'to'
export type DraggedEnds = Readonly<Partial<Record<PathEnd, Float32Array>>>

/** Where a sentence about a failure stands: in place of the thing that failed. */
export type Area = 'page' | 'plot' | 'decoder' | 'notice'

export type DialogName = 'keys' | 'find' | 'legend'

export function makeState() {
  return {
    viewName: signal('code'),
    shown: signal<readonly number[]>([0, 1]),
    solid: signal(false),
    camera: signal(HOME),
    look: signal<Look>('points'),
    /** What lies behind the points. */
    field: signal(NO_FIELD),
    /** Whether what lies round the spot is decoded over the points. */
    loupe: signal(false),
    /** The column whose values colour the points; '' for their classes. */
    colour: signal(''),
    gesture: signal<Gesture>('move'),
    filters: signal<Filters>(new Map<string, Filter>()),
    selection: signal<Uint32Array | null>(null),
    /** An earlier selection, which the next one is compared with. */
    kept: signal<Uint32Array | null>(null),
    /** One's own words, and the points that each was said of. */
    tags: signal<ReadonlyMap<string, Uint32Array>>(new Map<string, Uint32Array>()),
    /** Where a box begins that is drawn by keys. */
    corner: signal<readonly [number, number] | null>(null),
    spot: signal<Spot | null>(null),
    decoded: signal<Float32Array | null>(null),
    near: signal<Near | null>(null),
    /** What the decoded image reads as. */
    reading: signal<Reading | null>(null),
    /** The stored point under the pointer. */
    hovered: signal(-1),
    /** The class asked of a conditional decoder. */
    condition: signal(0),
    pins: signal<readonly Pin[]>([]),
    marks: signal<Marks | null>(null),
    /** Where ends of the path were dragged to. */
    dragged: signal<DraggedEnds>({}),
    moving: signal<Moving | null>(null),
    tool: signal<ToolName | null>(null),
    /** After which epoch of its training the space is shown; null as it was in the end. */
    epoch: signal<number | null>(null),
    playing: signal(false),
    /** A file that was dropped on the page and that no tool has taken yet. */
    dropped: signal<File | null>(null),
    /** As what the view is to be saved, until the plot has done it. */
    snapshot: signal<'png' | 'svg' | null>(null),
    smooth: signal(false),
    decoderShare: signal(0),
    /** Why every image looks alike here, where it does. */
    collapsed: signal(''),
    trouble: signal<Partial<Record<Area, string>>>({}),
    dialog: signal<DialogName | null>(null),
  }
}

export type ChangeableState = ReturnType<typeof makeState>

export type State = {
  readonly [Name in keyof ChangeableState]: ReadonlySignal<ChangeableState[Name]['value']>
}
