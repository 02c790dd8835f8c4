/** The keyboard: see the list in the help dialog. */
import type { Explorer } from './explorer'

export const KEYS: readonly (readonly [string, string])[] = [
  ['← ↑ → ↓', 'move the spot that is decoded (Shift: farther)'],
  ['Enter', 'pin the spot'],
  ['0 … 9', 'show the first ten classes alone; again: all'],
  ['/', 'find points by id or class'],
  ['+  −  Home', 'zoom in, out, and back'],
  ['p  i  m', 'points, pictures (images), map'],
  ['d  g', 'density and gaps'],
  ['s  t  w  r', 'sliders, path (trail), draw (write), sample (random)'],
  ['Esc', 'close, clear the selection'],
  ['?', 'this list'],
]

const STEP = 0.02

export function listenToKeys(explorer: Explorer): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || taken(event)) return
    if (act(explorer, event)) event.preventDefault()
  }
  document.addEventListener('keydown', listen)
  return () => document.removeEventListener('keydown', listen)
}

/** Whether what has the focus needs the key itself. */
function taken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('dialog, select, textarea, input[type=search]')) return true
  return target.matches('input') && /^(Arrow|Home|Enter)/.test(key)
}

function act(explorer: Explorer, event: KeyboardEvent): boolean {
  const { state } = explorer
  const { key } = event
  const arrows: Record<string, [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  }
  if (key in arrows) return nudge(explorer, arrows[key], event.shiftKey ? 5 : 1)
  if (key === 'Enter') {
    if (event.target instanceof HTMLButtonElement || !state.spot.value) return false
    explorer.pin({ index: null, code: state.spot.value.code, picture: null })
    return true
  }
  if (/^[0-9]$/.test(key)) {
    const label = Number(key)
    if (explorer.labels().includes(label)) explorer.solo(label)
    return true
  }
  const toggle = <T>(signal: { value: T }, value: T, off: T) => {
    signal.value = signal.value === value ? off : value
  }
  const camera = state.camera.value
  const actions: Record<string, () => void> = {
    '/': () => (state.dialog.value = 'find'),
    '?': () => (state.dialog.value = 'keys'),
    '+': () => (state.camera.value = { ...camera, zoom: camera.zoom * 1.25 }),
    '=': () => (state.camera.value = { ...camera, zoom: camera.zoom * 1.25 }),
    '-': () => (state.camera.value = { ...camera, zoom: camera.zoom / 1.25 }),
    Home: () => (state.camera.value = { ...camera, x: 0, y: 0, zoom: 1 }),
    p: () => (state.look.value = 'points'),
    i: () => (state.look.value = explorer.bundle.atlas ? 'pictures' : 'points'),
    m: () => (state.look.value = explorer.bundle.space.decoder ? 'map' : 'points'),
    d: () => toggle(state.field, 'density', 'none'),
    g: () => toggle(state.field, 'gaps', 'none'),
    s: () => toggle(state.tool, 'sliders', null),
    t: () => toggle(state.tool, 'path', null),
    w: () => toggle(state.tool, 'draw', null),
    r: () => toggle(state.tool, 'sample', null),
    Escape: () => {
      state.selection.value = null
      state.gesture.value = 'move'
    },
  }
  actions[key]?.()
  return key in actions
}

function nudge(explorer: Explorer, [dx, dy]: [number, number], times: number): boolean {
  const { state } = explorer
  if (state.solid.value) {
    const { camera } = state
    camera.value = {
      ...camera.value,
      yaw: camera.value.yaw + dx * 0.1,
      pitch: camera.value.pitch - dy * 0.1,
    }
    return true
  }
  const spot = state.spot.value
  const place = spot?.place ?? (spot && explorer.view.value.place(spot.code)) ?? [0, 0]
  const step = (STEP * times) / state.camera.value.zoom
  explorer.goToPlace(place[0] + dx * step, place[1] + dy * step, 'keys')
  return true
}
