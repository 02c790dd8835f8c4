/** The page's address keeps what is looked at: `#view=pca&axes=0,2&look=map&…`. */
import type { Camera } from '../space/camera'
import { HOME } from '../space/camera'
import type { Look, ToolName } from './state'

export interface Place {
  readonly view: string
  readonly axes: readonly number[]
  readonly solid: boolean
  readonly camera: Camera
  readonly look: Look
  readonly field: string
  readonly hidden: readonly number[]
  /** Stored points that are pinned. */
  readonly pins: readonly number[]
  /** The current code, where it is short enough for a link. */
  readonly code: readonly number[]
  readonly tool: ToolName | null
}

export const LONGEST_CODE = 64
const LOOKS: readonly string[] = ['points', 'pictures', 'map']
const TOOLS: readonly string[] = ['sliders', 'path', 'draw', 'sample']

export function toLink(place: Place): string {
  const { camera } = place
  const parts: Record<string, string> = {
    view: place.view,
    axes: place.axes.join(),
    solid: place.solid ? '1' : '',
    look: place.look === 'points' ? '' : place.look,
    field: place.field === 'none' ? '' : place.field,
    hidden: place.hidden.join(),
    pins: place.pins.join(),
    code: place.code.map(short).join(),
    tool: place.tool ?? '',
    camera: [camera.x, camera.y, camera.zoom, camera.yaw, camera.pitch].map(short).join(),
  }
  const kept = Object.entries(parts).filter(([, value]) => value !== '')
  return `#${kept.map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll('%2C', ',')}`).join('&')}`
}

/** Reads a link; what is missing or makes no sense keeps its default. */
export function fromLink(hash: string): Place {
  const parts = new URLSearchParams(hash.replace(/^#/, ''))
  const numbers = (key: string): number[] => {
    const values = (parts.get(key) ?? '').split(',').filter(Boolean).map(Number)
    return values.every(Number.isFinite) ? values : []
  }
  const indices = (key: string) => numbers(key).filter((n) => Number.isInteger(n) && n >= 0)
  const [x, y, zoom, yaw, pitch] = numbers('camera')
  const look = parts.get('look') ?? ''
  const tool = parts.get('tool') ?? ''
  return {
    view: parts.get('view') ?? '',
    axes: indices('axes'),
    solid: parts.get('solid') === '1',
    camera: pitch === undefined || !(zoom > 0) ? HOME : { x, y, zoom, yaw, pitch },
    look: LOOKS.includes(look) ? (look as Look) : 'points',
    field: parts.get('field') ?? 'none',
    hidden: indices('hidden'),
    pins: indices('pins'),
    code: numbers('code'),
    tool: TOOLS.includes(tool) ? (tool as ToolName) : null,
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(7)))
}
