/** The page's address keeps what is looked at: `#view=pca&axes=0,2&look=map&…`. */
import type { Move } from '../images/moves'
import type { Camera } from '../space/camera'
import { HOME } from '../space/camera'
import { readFilter, writtenFilters } from './filterLink'
import type { Filter } from './filters'
import { NO_FIELD } from './overlays'
import type { Look, ToolName } from './state'

export interface Place {
  readonly view: string
  readonly axes: readonly number[]
  readonly solid: boolean
  readonly camera: Camera
  readonly look: Look
  readonly field: string
  readonly loupe: boolean
  /** The column that colours the points; '' for their classes. */
  readonly colour: string
  readonly filters: readonly (readonly [string, Filter])[]
  /** Stored points, and codes that a person found, that are pinned. */
  readonly pins: readonly (number | OwnPin)[]
  /** What is selected, in order. */
  readonly selection: readonly number[]
  /** The class asked of a conditional decoder. */
  readonly condition: number
  /** The current code, where it is short enough for a link. */
  readonly code: readonly number[]
  readonly tool: ToolName | null
  /** The stored point whose image is moved, and how; nothing where none is. */
  readonly moved: readonly [number, Move] | null
  /** After which epoch of the training; null in the end. */
  readonly epoch: number | null
}

export interface OwnPin {
  readonly title: string
  readonly code: readonly number[]
}

/** A link as it was read, and which of its parts make no sense. */
export interface Reading {
  readonly place: Place
  readonly damaged: readonly string[]
}

/** A longer selection would make a link that no other program takes. */
export const LARGEST_SELECTION = 2000
const FARTHEST = 1000

export const LONGEST_CODE = 64
const LOOKS: readonly string[] = ['points', 'pictures', 'map']
const TOOLS: readonly string[] = ['selection', 'sliders', 'path', 'draw', 'move', 'sample']

export function toLink(place: Place): string {
  const { x, y, zoom, yaw, pitch } = place.camera
  const parts: Record<string, string> = {
    view: place.view,
    axes: place.axes.join(),
    solid: place.solid ? '1' : '',
    look: place.look === 'points' ? '' : place.look,
    field: place.field === NO_FIELD ? '' : place.field,
    loupe: place.loupe ? '1' : '',
    colour: place.colour,
    filter: writtenFilters(new Map(place.filters)),
    pins: place.pins.map(writtenPin).join(),
    selection: writtenSelection(place.selection),
    condition: place.condition ? String(place.condition) : '',
    code: place.code.map(short).join(),
    tool: place.tool ?? '',
    moved: place.moved ? writtenMove(...place.moved) : '',
    epoch: place.epoch === null ? '' : String(place.epoch),
    camera: [x, y, zoom, yaw, pitch].map(short).join(),
  }
  const kept = Object.entries(parts).filter(([, value]) => value !== '')
  return `#${kept.map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll('%2C', ',')}`).join('&')}`
}

/** Reads a link; what is missing or makes no sense keeps its default. */
export function fromLink(hash: string): Reading {
  const parts = new URLSearchParams(hash.replace(/^#/, ''))
  const damaged: string[] = []
  function read<T>(key: string, otherwise: T, parse: (text: string) => T | null): T {
    const text = parts.get(key)
    if (!text) return otherwise
    const value = parse(text)
    if (value === null) damaged.push(key)
    return value ?? otherwise
  }
  const among =
    <T extends string>(names: readonly string[]) =>
    (text: string) =>
      names.includes(text) ? (text as T) : null
  const place: Place = {
    view: parts.get('view') ?? '',
    axes: read('axes', [], indices),
    solid: parts.get('solid') === '1',
    camera: read('camera', HOME, camera),
    look: read<Look>('look', 'points', among(LOOKS)),
    field: parts.get('field') || NO_FIELD,
    loupe: parts.get('loupe') === '1',
    colour: parts.get('colour') ?? '',
    filters: read<Place['filters']>('filter', [], (text) => every(text.split(','), readFilter)),
    pins: read<readonly (number | OwnPin)[]>('pins', [], (text) => every(text.split(','), pin)),
    selection: read('selection', [], selection),
    condition: read('condition', 0, (text) => indices(text)?.[0] ?? null),
    code: read('code', [], numbers),
    tool: read<ToolName | null>('tool', null, among(TOOLS)),
    moved: read<Place['moved']>('moved', null, moved),
    epoch: read<number | null>('epoch', null, index),
  }
  return { place, damaged }
}

function every<T>(texts: readonly string[], parse: (text: string) => T | null): T[] | null {
  const values = texts.map(parse).filter((value) => value !== null)
  return values.length === texts.length ? values : null
}

function number(text: string): number | null {
  const value = Number(text)
  return text !== '' && Number.isFinite(value) ? value : null
}

function index(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}

const numbers = (text: string) => every(text.split(','), number)
const indices = (text: string) => every(text.split(','), index)

function camera(text: string): Camera | null {
  const values = numbers(text)
  if (values?.length !== 5) return null
  const [x, y, zoom, yaw, pitch] = values
  const far = Math.max(Math.abs(x), Math.abs(y), Math.abs(yaw)) > FARTHEST
  return far || zoom < 0.2 || zoom > 400 || Math.abs(pitch) > 1.6
    ? null
    : { x, y, zoom, yaw, pitch }
}

/** A stored point's index, or `~title~0.5_-1.2`. */
function writtenPin(pinned: number | OwnPin): string {
  if (typeof pinned === 'number') return String(pinned)
  const title = encodeURIComponent(pinned.title).replaceAll('~', '%7E')
  return `~${title}~${pinned.code.map(short).join('_')}`
}

function pin(text: string): number | OwnPin | null {
  const own = /^~([^~]*)~(.+)$/.exec(text)
  if (!own) return index(text)
  const code = every(own[2].split('_'), number)
  try {
    return code && { title: decodeURIComponent(own[1]), code }
  } catch {
    return null
  }
}

/** A stored point's index, degrees, pixels to the right and down, the factor, and pixels of thickness. */
function writtenMove(point: number, { turn, right, down, scale, thicken }: Move): string {
  return [point, turn, right, down, scale, thicken].map(short).join()
}

function moved(text: string): readonly [number, Move] | null {
  const values = numbers(text)
  if (values?.length !== 6) return null
  const [point, turn, right, down, scale, thicken] = values
  const fits =
    index(String(point)) !== null &&
    Math.abs(turn) <= 180 &&
    Math.max(Math.abs(right), Math.abs(down)) <= FARTHEST &&
    scale >= 0.5 &&
    scale <= 2 &&
    Math.abs(thicken) <= 3
  return fits ? [point, { turn, right, down, scale, thicken }] : null
}

/** Steps from one index to the next, to the base 36. */
function writtenSelection(selected: readonly number[]): string {
  return selected.map((value, i) => (value - (i ? selected[i - 1] : 0)).toString(36)).join('.')
}

function selection(text: string): number[] | null {
  let last = 0
  return every(text.split('.'), (step) => {
    if (!/^[0-9a-z]{1,6}$/.test(step)) return null
    last += Number.parseInt(step, 36)
    return last
  })
}

/** As links write a number. */
export function short(value: number): string {
  return String(Number(value.toPrecision(7)))
}
