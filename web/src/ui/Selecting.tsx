/** Buttons to move or select, and what is selected. */
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
