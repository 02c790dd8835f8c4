/** Between what is shown and the page's address. */
import { effect } from '@preact/signals'
import { codeOf } from '../space/points'
import type { Explorer } from './explorer'
import { fromLink, LONGEST_CODE, toLink } from './link'

/** The address that shows what is shown now. */
export function linkTo({ state, bundle }: Explorer): string {
  const spot = state.spot.value
  return toLink({
    view: state.viewName.value,
    axes: state.shown.value,
    solid: state.solid.value,
    camera: state.camera.value,
    look: state.look.value,
    field: state.field.value,
    hidden: [...state.hidden.value].filter((label) => label >= 0),
    pins: state.pins.value.flatMap((pin) => (pin.index === null ? [] : [pin.index])),
    code: spot && bundle.points.size <= LONGEST_CODE ? [...spot.code] : [],
    tool: state.tool.value,
  })
}

/** Shows what an address says, as far as this bundle has it. */
export async function restore(explorer: Explorer, hash: string): Promise<void> {
  const place = fromLink(hash)
  const { actions, bundle } = explorer
  await explorer.look(place.view || firstView(explorer), place.solid, place.axes)
  actions.moveCamera(place.camera)
  actions.showLook(place.look)
  actions.showField(place.field)
  actions.hideClasses(place.hidden)
  actions.openTool(place.tool)
  // A link cannot bring back what was drawn or calculated, so those pins stay.
  actions.unpinPoints()
  for (const index of place.pins.toReversed()) {
    if (index < bundle.points.count) actions.pinPoint(index)
  }
  const known = place.code.length === bundle.points.size
  const code = known ? Float32Array.from(place.code) : codeOf(bundle.points, 0)
  actions.go({ code, origin: known ? 'pin' : 'start', certainty: 'exact' })
}

/** The code itself where it can be seen whole, else its principal directions. */
function firstView({ bundle, views }: Explorer): string {
  const pca = bundle.points.size > 3 && views.find(({ name }) => name === 'pca')
  return pca ? pca.name : 'code'
}

/** Writes the address a moment after the last change. */
export function keepLink(explorer: Explorer): () => void {
  let timer = 0
  const stop = effect(() => {
    const link = linkTo(explorer)
    clearTimeout(timer)
    timer = window.setTimeout(() => history.replaceState(null, '', link), 250)
  })
  return () => {
    clearTimeout(timer)
    stop()
  }
}

/** Shows what a link says that is pasted into the open page. */
export function followLinks(explorer: Explorer): () => void {
  const listen = ({ newURL }: HashChangeEvent) => {
    restore(explorer, new URL(newURL).hash).catch((error) => explorer.actions.fail('notice', error))
  }
  window.addEventListener('hashchange', listen)
  return () => window.removeEventListener('hashchange', listen)
}
