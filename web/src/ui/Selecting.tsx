/** Buttons to move or select, the loupe's, and what is selected. */
import { toggleLoupe, whyNoLoupe } from '../explorer/loupe'
import type { Gesture } from '../explorer/state'
import { meanOf } from '../space/points'
import { useExplorer } from './context'

const GESTURES: readonly { name: Gesture; sign: string; title: string }[] = [
  { name: 'move', sign: '✥', title: 'drag moves the view' },
  { name: 'lasso', sign: '◌', title: 'drag a lasso round points (or hold Shift)' },
  { name: 'box', sign: '▢', title: 'drag a box round points' },
]

export function Selecting() {
  const explorer = useExplorer()
  const { actions, state, bundle } = explorer
  const selection = state.selection.value
  const goToMean = () => {
    if (!selection) return
    const code = meanOf(bundle.points, selection)
    actions.go({ code, origin: 'selection', certainty: 'exact' })
  }
  return (
    <div class="selecting">
      <div class="segments" role="group" aria-label="what a drag does">
        {GESTURES.map(({ name, sign, title }) => (
          <button
            key={name}
            type="button"
            title={title}
            aria-label={title}
            aria-pressed={state.gesture.value === name}
            onClick={() => actions.chooseGesture(name)}
          >
            {sign}
          </button>
        ))}
      </div>
      {bundle.space.decoder && <LoupeButton />}
      {selection && (
        <p class="selected" role="status">
          {selection.length.toLocaleString('en')} of {bundle.points.count.toLocaleString('en')}{' '}
          selected{' '}
          <button type="button" onClick={goToMean}>
            their mean
          </button>{' '}
          <button type="button" onClick={() => actions.select([])}>
            clear
          </button>
        </p>
      )}
    </div>
  )
}

function LoupeButton() {
  const explorer = useExplorer()
  const why = whyNoLoupe(explorer)
  return (
    <button
      type="button"
      title={why || 'decode what lies round the pointer'}
      aria-label="loupe"
      aria-pressed={explorer.state.loupe.value && !why}
      disabled={Boolean(why)}
      onClick={() => toggleLoupe(explorer)}
    >
      <svg class="icon" viewBox="0 0 12 12" aria-hidden="true">
        <path d="M7.8 7.8 11 11M9 5A4 4 0 1 1 1 5A4 4 0 1 1 9 5Z" />
      </svg>
    </button>
  )
}
