/** The plot with what lies over it: axes, selection, the ghost at the pointer, the legend. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { whyNoLoupe } from '../explorer/loupe'
import type { Beginning } from '../plot/beginning'
import { Stage } from '../plot/stage'
import { useExplorer, useLabel } from './context'
import { Colour } from './Colour'
import { FieldScale } from './FieldScale'
import { Filters } from './Filters'
import { Ghost } from './Ghost'
import { later } from './later'
import { Selecting } from './Selecting'

const Honesty = later(async () => (await import('./Honesty')).Honesty)
const Loupe = later(async () => (await import('./Loupe')).Loupe)

export function Plot({ beginning }: { beginning: Beginning | null }) {
  const explorer = useExplorer()
  const { actions, state, bundle } = explorer
  const element = useRef<HTMLDivElement>(null)
  const back = useRef<HTMLCanvasElement>(null)
  const points = useRef<HTMLCanvasElement>(null)
  const front = useRef<HTMLCanvasElement>(null)
  const ring = useRef<HTMLSpanElement>(null)

  useLayoutEffect(() => {
    if (!beginning) return
    element.current?.prepend(beginning.canvas)
    beginning.draw() // what is moved may be blank
  }, [beginning])

  useEffect(() => {
    if (!element.current || !back.current || !points.current || !front.current || !ring.current) {
      return
    }
    const canvases = { back: back.current, points: points.current, front: front.current }
    const began = () => beginning?.end()
    const stage = new Stage(explorer, element.current, canvases, ring.current, began)
    stage.recolour()
    const themes = new MutationObserver(stage.recolour)
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', stage.recolour)
    return () => {
      stage.close()
      themes.disconnect()
      dark.removeEventListener('change', stage.recolour)
    }
  }, [explorer, beginning])

  const label = useLabel('the space')
  const loupe = state.loupe.value && !whyNoLoupe(explorer)
  const view = explorer.view.value
  const axis = (a: number) =>
    view.name === 'code' ? `z${view.axes[a]}` : `${view.title} ${view.axes[a]}`
  return (
    <section class="plot" aria-label={label}>
      <div
        ref={element}
        class={`space ${state.gesture.value}`}
        tabIndex={0}
        role="application"
        aria-label="Plot of all codes. Arrow keys move the spot that is decoded, Enter pins it."
        data-space
      >
        <canvas ref={back} class="layer" />
        <canvas ref={points} class="layer" />
        <canvas ref={front} class="layer" />
        {loupe && <Loupe />}
        <span ref={ring} class="ring" hidden />
      </div>
      {!loupe && <Ghost />}
      <Selecting />
      {view.shown.length > 1 && (
        <p class="axes" title={view.note}>
          {state.solid.value
            ? 'drag to turn, scroll to zoom'
            : `${axis(view.shown[0])} → · ${axis(view.shown[1])} ↑`}
          {bundle.points.size > view.shown.length && <Honesty />}
        </p>
      )}
      {state.collapsed.value && <p class="trouble collapsed">{state.collapsed.value}</p>}
      {state.trouble.value.plot && state.look.value !== 'map' && (
        <p class="trouble over" role="alert">
          {state.trouble.value.plot}
        </p>
      )}
      <div class="foot">
        {state.spot.value?.origin === 'start' && bundle.space.decoder && (
          <p class="hint">
            <span class="mouse">Move the pointer: every spot becomes an image</span>
            <span class="finger">Press and drag: every spot becomes an image</span>
          </p>
        )}
        {state.trouble.value.notice && (
          <p class="trouble notice" role="alert">
            {state.trouble.value.notice}{' '}
            <button type="button" onClick={() => actions.dismissNotice()}>
              close
            </button>
          </p>
        )}
        <Filters />
        <FieldScale />
        <Colour />
      </div>
    </section>
  )
}
