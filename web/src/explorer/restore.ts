/** Between what is shown and the page's address. */
import { effect } from '@preact/signals'
import { codeOf } from '../space/points'
import { firstView } from './choices'
import type { Explorer } from './explorer'
import { showEpoch } from './filming'
import { isOfLabels } from './filters'
import {
  fromLink,
  LARGEST_SELECTION,
  LONGEST_CODE,
  type OwnPin,
  type Place,
  short,
  toLink,
} from './link'

/** The address that shows what is shown now. */
export function linkTo(explorer: Explorer): string {
  const { state, bundle } = explorer
  const spot = state.spot.value
  const selected = state.selection.value
  const brief = bundle.points.size <= LONGEST_CODE
  return toLink({
    view: state.viewName.value,
    axes: state.shown.value,
    solid: state.solid.value,
    camera: state.camera.value,
    look: state.look.value,
    field: state.field.value,
    loupe: state.loupe.value,
    colour: state.colour.value,
    filters: [...state.filters.value],
    pins: state.pins.value.flatMap<number | OwnPin>(({ code, index, title }) => {
      if (index !== null) return [index]
      return brief ? [{ title, code: [...code] }] : []
    }),
    selection: selected && selected.length <= LARGEST_SELECTION ? [...selected.toSorted()] : [],
    condition: explorer.label ?? 0,
    code: spot && brief ? [...spot.code] : [],
    tool: state.tool.value,
    moved: movedIn(explorer),
    epoch: state.epoch.value,
  })
}

/** The stored point whose image is moved, and how, while that is shown. */
function movedIn({ state }: Explorer): Place['moved'] {
  const moving = state.tool.value === 'move' ? state.moving.value : null
  const index = state.pins.value.find(({ key }) => key === moving?.pin)?.index ?? null
  return moving && index !== null ? [index, moving.move] : null
}

/** Shows what an address says, as far as this bundle has it, and says what it has not. */
export async function restore(explorer: Explorer, hash: string): Promise<void> {
  const { place, damaged } = fromLink(hash)
  const missing = new Set(damaged)
  const { actions, bundle } = explorer
  const { count, size } = bundle.points
  const known = <T>(name: string, values: readonly T[], fits: (value: T) => unknown): T[] => {
    const fitting = values.filter(fits)
    if (fitting.length < values.length) missing.add(name)
    return fitting
  }
  const [view] = known('view', place.view ? [place.view] : [], (name) =>
    explorer.views.some((other) => other.name === name),
  )
  await explorer.look(view ?? firstView(bundle.space), place.solid, place.axes)
  actions.moveCamera(place.camera)
  actions.showLook(place.look)
  actions.showField(place.field)
  const [loupe] = known('loupe', place.loupe ? [true] : [], () => bundle.space.decoder)
  actions.showLoupe(Boolean(loupe))
  const [colour] = known('colour', [place.colour], (name) => {
    return name === '' || bundle.space.columns.some((column) => column.name === name)
  })
  actions.colourBy(colour ?? '')
  actions.clearFilters()
  const fits = ([name, filter]: Place['filters'][number]) => {
    const kind = name
      ? bundle.space.columns.find((column) => column.name === name)?.kind
      : 'category'
    return kind && kind !== 'text' && (kind === 'category') === isOfLabels(filter)
  }
  for (const [name, filter] of known('filter', place.filters, fits)) actions.filter(name, filter)
  const isClass = (label: number) => label < bundle.space.classes.length
  actions.openTool(place.tool)
  const [condition] = known('condition', [place.condition], (label) => !label || isClass(label))
  actions.askForClass(condition ?? 0)
  const isPoint = (index: number) => index < count
  actions.select(known('selection', place.selection, isPoint))
  const pins = known('pins', place.pins, (pin) =>
    typeof pin === 'number' ? isPoint(pin) : pin.code.length === size,
  )
  // What people made themselves stays.
  actions.unpinPoints()
  for (const pin of pins.toReversed()) {
    if (typeof pin === 'number') actions.pinPoint(pin)
    else if (!isPinned(explorer, pin.code)) {
      actions.pinCode(Float32Array.from(pin.code), pin.title)
    }
  }
  const pinOf = (index: number) => explorer.state.pins.value.find((pin) => pin.index === index)?.key
  const [moved] = known('moved', place.moved ? [place.moved] : [], ([index]) => pinOf(index))
  if (moved) actions.moveImage(pinOf(moved[0]) ?? 0, moved[1])
  const { film } = bundle.space
  const [epoch] = known('epoch', place.epoch === null ? [] : [place.epoch], (number) =>
    film?.epochs.includes(number),
  )
  actions.play(false)
  if (epoch !== undefined) await showEpoch(explorer, epoch)
  else actions.showEpoch(null)
  const [given] = known('code', place.code.length ? [place.code] : [], (c) => c.length === size)
  const code = given ? Float32Array.from(given) : codeOf(bundle.points, 0)
  actions.go({ code, origin: given ? 'pin' : 'start', certainty: 'exact' })
  actions.beginHere()
  if (missing.size > 0) {
    const names = [...missing].join(', ')
    actions.fail('notice', `Not all of this link can be shown here (${names}); the rest is.`)
  }
}

function isPinned({ state }: Explorer, code: readonly number[]): boolean {
  const written = code.map(short).join()
  return state.pins.value.some((pin) => [...pin.code].map(short).join() === written)
}

/** Writes the address a moment after the last change. */
export function keepLink(current: () => string): () => void {
  let timer = 0
  const stop = effect(() => {
    const link = current()
    clearTimeout(timer)
    timer = window.setTimeout(() => history.replaceState(null, '', link), 250)
  })
  return () => {
    clearTimeout(timer)
    stop()
  }
}

/** Shows what a link says that is pasted into the open page. */
export function followLinks(follow: (hash: string) => void): () => void {
  const listen = ({ newURL }: HashChangeEvent) => follow(new URL(newURL).hash)
  window.addEventListener('hashchange', listen)
  return () => window.removeEventListener('hashchange', listen)
}
