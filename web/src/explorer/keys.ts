/** The keyboard: see the list in the help dialog. */
import type { Explorer } from './explorer'
import { stepEpoch } from './filming'
import { alone } from './filters'
import { legendOf } from './legend'
import { toggleLoupe } from './loupe'

export const KEYS: readonly (readonly [string, string])[] = [
  ['← ↑ → ↓', 'move the spot that is decoded (Shift: the view)'],
  ['Enter', 'pin the spot'],
  ['b', 'begin a box at the spot; again: select what lies in it'],
  ['Ctrl+Z', 'undo: pins, selections, tags, filters, the epoch'],
  ['0 … 9', 'show the first ten of the legend alone; again: all'],
  ['/', 'find points by id or class'],
  ['+  −  Home', 'zoom in, out, and back'],
  ['p  i  m', 'points, pictures (images), map'],
  ['d  g', 'density and gaps'],
  ['l', 'loupe: what lies round the spot, decoded'],
  ['s  t  w  v  r', 'sliders, path (trail), draw (write), move (vary), sample (random)'],
  [',  .  Space', 'the epoch before and after; play the training'],
  ['Esc', 'close, clear the selection, back to the trained space'],
  ['?', 'this list'],
]

const STEP = 0.02
const PAN = 0.1

export function listenToKeys(current: () => Explorer): () => void {
  const listen = (event: KeyboardEvent) => {
    const explorer = current()
    if (taken(event) || event.altKey) return
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== 'z') return
      explorer.actions.undo()
      return event.preventDefault()
    }
    if (act(explorer, event)) event.preventDefault()
  }
  document.addEventListener('keydown', listen)
  return () => document.removeEventListener('keydown', listen)
}

/** Whether what has the focus needs the key itself. A dialog just closed may keep it for a moment. */
function taken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false
  if (target.closest('dialog[open], select, textarea, input[type=search], input[type=text]'))
    return true
  if (key === ' ' && target.matches('button, summary, input')) return true
  if (/^(ArrowUp|ArrowDown|Home)$/.test(key) && scrolls(target)) return true
  return target.matches('input') && /^(Arrow|Home|Enter)/.test(key)
}

function scrolls(element: Element): boolean {
  if (!element.matches('[tabindex="0"]') || element.scrollHeight <= element.clientHeight)
    return false
  return /auto|scroll/.test(getComputedStyle(element).overflowY)
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
  if (key in arrows)
    return event.shiftKey ? pan(explorer, arrows[key]) : nudge(explorer, arrows[key])
  if (key === 'Enter') {
    if (event.target instanceof HTMLButtonElement || !state.spot.value) return false
    actions.pinCode(state.spot.value.code)
    return true
  }
  if (/^[0-9]$/.test(key)) {
    showAlone(explorer, Number(key))
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
    b: () => drawBox(explorer),
    p: () => actions.showLook('points'),
    i: () => actions.showLook(bundle.atlas ? 'pictures' : 'points'),
    m: () => actions.showLook(bundle.space.decoder ? 'map' : 'points'),
    d: () => actions.toggleField('density'),
    g: () => actions.toggleField('gaps'),
    ...(bundle.space.decoder && { l: () => toggleLoupe(explorer) }),
    s: () => actions.toggleTool('sliders'),
    t: () => actions.toggleTool('path'),
    w: () => actions.toggleTool('draw'),
    v: () => actions.toggleTool('move'),
    r: () => actions.toggleTool('sample'),
    ...(bundle.space.film && filmKeys(explorer)),
    Escape: () => stepBack(explorer),
  }
  meanings[key]?.()
  return key in meanings
}

function stepBack({ actions, state }: Explorer): void {
  if (state.epoch.value === null) return actions.stepBack()
  actions.play(false)
  actions.showEpoch(null)
}

function filmKeys(explorer: Explorer): Record<string, () => void> {
  const { actions, state } = explorer
  const step = (by: number) => () =>
    void stepEpoch(explorer, by).catch((error) => actions.fail('notice', error))
  return { ',': step(-1), '.': step(1), ' ': () => actions.play(!state.playing.value) }
}

/** Shows one of the legend alone, or all again. */
function showAlone({ actions, columns, state }: Explorer, place: number): void {
  const column = columns.chosen.value
  const label = column.labels ? legendOf(column).shown[place] : undefined
  if (label === undefined) return
  actions.filter(column.name, alone(state.filters.value.get(column.name), label))
}

function pan({ actions, state }: Explorer, [dx, dy]: [number, number]): boolean {
  const { x, y, zoom } = state.camera.value
  actions.moveCamera({ x: x + (PAN * dx) / zoom, y: y + (PAN * dy) / zoom })
  return true
}

/** Begins a box at the spot, or selects what lies between there and the spot. */
function drawBox(explorer: Explorer): void {
  const { actions, bundle, state, view } = explorer
  if (state.solid.value) return actions.tell('A box is drawn in two dimensions: choose 2-D.')
  const here = placeOfSpot(explorer)
  const corner = state.corner.value
  if (!corner) {
    explorer.goToPlace(...here, 'keys')
    return actions.corner(here)
  }
  const [left, right] = [corner[0], here[0]].sort((a, b) => a - b)
  const [low, high] = [corner[1], here[1]].sort((a, b) => a - b)
  const { positions } = view.value
  const inside: number[] = []
  for (let i = 0; i < bundle.points.count; i++) {
    const [x, y] = [positions[3 * i], positions[3 * i + 1]]
    const within = x >= left && x <= right && y >= low && y <= high
    if (within && explorer.shows(i)) inside.push(i)
  }
  actions.corner(null)
  actions.gather(inside)
  if (inside.length === 0) actions.tell('No image lies in that box.')
}

function placeOfSpot({ state, view }: Explorer): [number, number] {
  const spot = state.spot.value
  const [x, y] = spot?.place ?? (spot && view.value.place(spot.code)) ?? [0, 0]
  return [x, y]
}

function nudge(explorer: Explorer, [dx, dy]: [number, number]): boolean {
  const { actions, state } = explorer
  if (state.solid.value) {
    const { yaw, pitch } = state.camera.value
    actions.moveCamera({ yaw: yaw + dx * 0.1, pitch: pitch - dy * 0.1 })
    return true
  }
  const place = placeOfSpot(explorer)
  const step = STEP / state.camera.value.zoom
  explorer.goToPlace(place[0] + dx * step, place[1] + dy * step, 'keys')
  return true
}
