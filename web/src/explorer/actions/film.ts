/** The film of the training: which epoch is shown, and whether it plays. */
import { batch } from '@preact/signals'
import type { History } from '../history'
import type { ChangeableState, ToolName } from '../state'

export function filmActions(
  state: ChangeableState,
  history: History,
  openTool: (tool: ToolName | null) => void,
) {
  /** Shows the space after an epoch, or as it was in the end; tools work on the latter alone. */
  function showEpoch(epoch: number | null): void {
    if (epoch === state.epoch.value) return
    if (!state.playing.value) history.remember('epoch')
    batch(() => {
      if (epoch !== null && state.tool.value !== 'selection') openTool(null)
      state.epoch.value = epoch
    })
  }

  function play(playing: boolean): void {
    if (playing) history.remember('epoch')
    state.playing.value = playing
  }

  return { showEpoch, play }
}
