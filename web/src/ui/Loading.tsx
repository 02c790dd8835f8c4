/** What stands in place of the page while it loads, and when it cannot. */
import type { ReadonlySignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Beginning } from '../plot/beginning'

/** How far the page has come: how many of its points, and the first of them. */
export interface Coming {
  readonly share: number
  /** Of each space; null where there is nothing to be seen of it yet. */
  readonly beginnings: readonly (Beginning | null)[]
}

export function Loading({ coming }: { coming: ReadonlySignal<Coming> }) {
  const { beginnings, share } = coming.value
  const known = beginnings.filter((beginning) => beginning !== null)
  const progress = <progress aria-label="points read" max={1} value={share} />
  if (!known.length) {
    return (
      <main class="waiting" aria-busy="true">
        <p>Reading the space …</p>
        {progress}
      </main>
    )
  }
  const drawn = known.reduce((sum, { count }) => sum + count, 0)
  const all = known.reduce((sum, { space }) => sum + space.points.count, 0)
  const plots = beginnings.map((beginning, i) => <FirstPoints key={i} beginning={beginning} />)
  return (
    <>
      <header class="bar">
        <h1>
          <span class="brand">latentscape</span>{' '}
          <span class="about">{known.map(({ space }) => space.name).join(' beside ')}</span>
        </h1>
      </header>
      <main class={`middle ${plots.length > 1 ? 'pair' : ''}`} aria-busy="true">
        {plots.length > 1 ? <div class="sides">{plots}</div> : plots}
        <aside class="panel">
          <p class="quiet">
            Reading the space … {drawn.toLocaleString('en')} of {all.toLocaleString('en')} points
            are drawn.
          </p>
          {progress}
        </aside>
      </main>
    </>
  )
}

/** Where the plot will be. */
function FirstPoints({ beginning }: { beginning: Beginning | null }) {
  const place = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (!beginning) return
    place.current?.append(beginning.canvas)
    beginning.draw()
  }, [beginning])
  return (
    <div class="left">
      <section class="plot">
        <div ref={place} class="space" />
      </section>
      {beginning?.space.film && <section class="film" />}
    </div>
  )
}

export function Failure({ sentence }: { sentence: string }) {
  return (
    <main class="waiting">
      <h1>This space cannot be shown</h1>
      <p role="alert">{sentence}</p>
    </main>
  )
}
