/** Everything that can be done to the state, and the only place that does it. */
import type { Bundle } from '../bundle/open'
import { filmActions } from './actions/film'
import { lookActions } from './actions/looks'
import { pinActions } from './actions/pins'
import { selectionActions } from './actions/selection'
import { spotActions } from './actions/spot'
import { toolActions } from './actions/tools'
import { wordActions } from './actions/words'
import { History } from './history'
import type { ChangeableState } from './state'

export type Actions = ReturnType<typeof actionsOn>

export function actionsOn(state: ChangeableState, bundle: Bundle) {
  const history = new History(state)
  const spot = spotActions(state)
  const tools = toolActions(state, spot.outlive)
  const words = wordActions(state)
  return {
    ...lookActions(state),
    ...spot,
    ...pinActions(state, bundle, history),
    ...selectionActions(state, history, tools.openTool),
    ...tools,
    ...filmActions(state, history, tools.openTool),
    ...words,

    /** Brings back the pins, selections, tags, filters and the epoch of before the last change to them. */
    undo(): void {
      if (!history.undo()) words.tell('There is nothing to undo.')
    },

    /** What has been done so far is where undoing ends. */
    beginHere(): void {
      history.forget()
    },
  }
}
