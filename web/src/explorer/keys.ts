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

/** Whether what has the focus needs the key itself. A dialog just closed may keep it for a moment. */
function taken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('dialog[open], select, textarea, input[type=search]')) return true
  return target.matches('input') && /^(Arrow|Home|Enter)/.test(key)
}

function act(explorer: Explorer, event: KeyboardEvent): boolean {
  const { actions, bundle, state } = explorer
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
    actions.pinCode(state.spot.value.code)
    return true
  }
  if (/^[0-9]$/.test(key)) {
    const label = Number(key)
    if (bundle.labels.includes(label)) actions.soloClass(label)
    return true
  }
  const { zoom } = state.camera.value
  const meanings: Record<string, () => void> = {
    '/': () => actions.openDialog('find'),
    '?': () => actions.openDialog('keys'),
    '+': () => actions.moveCamera({ zoom: zoom * 1.25 }),
    '=': () => actions.moveCamera({ zoom: zoom * 1.25 }),
    '-': () => actions.moveCamera({ zoom: zoom / 1.25 }),
    Home: () => actions.moveCamera({ x: 0, y: 0, zoom: 1 }),
    p: () => actions.showLook('points'),
    i: () => actions.showLook(bundle.atlas ? 'pictures' : 'points'),
    m: () => actions.showLook(bundle.space.decoder ? 'map' : 'points'),
    d: () => actions.toggleField('density'),
    g: () => actions.toggleField('gaps'),
    s: () => actions.toggleTool('sliders'),
    t: () => actions.toggleTool('path'),
    w: () => actions.toggleTool('draw'),
    r: () => actions.toggleTool('sample'),
    Escape: () => actions.stepBack(),
  }
  meanings[key]?.()
  return key in meanings
}

function nudge(explorer: Explorer, [dx, dy]: [number, number], times: number): boolean {
  const { actions, state } = explorer
  if (state.solid.value) {
    const { yaw, pitch } = state.camera.value
    actions.moveCamera({ yaw: yaw + dx * 0.1, pitch: pitch - dy * 0.1 })
    return true
  }
  const spot = state.spot.value
  const place = spot?.place ?? (spot && explorer.view.value.place(spot.code)) ?? [0, 0]
  const step = (STEP * times) / state.camera.value.zoom
  explorer.goToPlace(place[0] + dx * step, place[1] + dy * step, 'keys')
  return true
}
