/** Between the page and what frames it, a notebook: each tells the other what is chosen. */
import { effect } from '@preact/signals'
import type { Explorer } from './explorer'

/** What both sides can change; rows are those of the bundle's points. */
export interface Shared {
  readonly code: readonly number[]
  readonly selection: readonly number[]
  readonly pins: readonly number[]
  readonly view: string
  readonly colour: string
}

const QUIET_MS = 60

/** Whether a notebook made this page: no other host that frames it is told anything. */
export function isFramed(): boolean {
  return parent !== window && document.querySelector('meta[name="latentscape-host"]') !== null
}

/**
 * Of two spaces each talks for itself, as the `side` that it is; before one takes what the host has
 * set it is `turned` to.
 */
export function talkToHost(explorer: Explorer, side?: string, turned?: () => void): void {
  const { state } = explorer
  const post = (message: object) => parent.postMessage({ latentscape: message, side }, '*')
  const known = new Map<string, string>()
  let timer = 0
  let told = false
  const tell = () => {
    const entries = Object.entries(sharedOf(explorer))
    const news = entries.filter(([name, value]) => known.get(name) !== JSON.stringify(value))
    for (const [name, value] of news) known.set(name, JSON.stringify(value))
    if (news.length) post({ shared: Object.fromEntries(news) })
  }
  const follow = () => {
    effect(() => {
      sharedOf(explorer)
      clearTimeout(timer)
      timer = window.setTimeout(tell, QUIET_MS)
    })
    effect(() => {
      const image = state.decoded.value
      if (image) post({ image: image.slice() })
    })
  }
  window.addEventListener('message', ({ source, data }) => {
    if (source !== parent || !data?.latentscape || data.side !== side) return
    const wanted = data.latentscape as Partial<Shared>
    for (const [name, value] of Object.entries(wanted)) known.set(name, JSON.stringify(value))
    if (Object.keys(wanted).length) turned?.()
    const taken = take(explorer, wanted)
    taken.catch((error) => explorer.actions.fail('notice', error))
    // What the host has set before comes first, so that nothing said of the start replaces it.
    if (!told) void taken.finally(follow)
    told = true
  })
  post({ ready: true })
}

function sharedOf({ state }: Explorer): Shared {
  return {
    code: [...(state.spot.value?.code ?? [])],
    selection: [...(state.selection.value ?? [])],
    pins: state.pins.value.flatMap(({ index }) => (index === null ? [] : [index])),
    view: state.viewName.value,
    colour: state.colour.value,
  }
}

async function take(explorer: Explorer, wanted: Partial<Shared>): Promise<void> {
  const { actions, state } = explorer
  if (wanted.view !== undefined) await explorer.look(wanted.view, state.solid.value)
  if (wanted.colour !== undefined) actions.colourBy(wanted.colour)
  if (wanted.selection) actions.select(wanted.selection)
  if (wanted.pins) {
    actions.unpinPoints()
    for (const index of wanted.pins.toReversed()) actions.pinPoint(index)
  }
  if (wanted.code?.length) {
    const code = Float32Array.from(wanted.code)
    actions.go({ code, origin: 'pin', certainty: 'exact' })
  }
}
