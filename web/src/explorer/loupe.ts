/** The loupe: what the decoder makes of the plane round the spot, over the points. */
import type { Explorer } from './explorer'

/** Why there is nothing to be seen through it as things are; '' where there is. */
export function whyNoLoupe({ state, view }: Explorer): string {
  if (state.solid.value) return 'The loupe lies on a plane: choose 2-D.'
  if (view.value.axes.length < 2) return 'The loupe needs a plane, and this space is a line.'
  if (state.look.value === 'map') return 'The map decodes the whole plane: choose Points.'
  return ''
}

export function toggleLoupe(explorer: Explorer): void {
  const { actions, state } = explorer
  const why = whyNoLoupe(explorer)
  if (why) actions.tell(why)
  else actions.showLoupe(!state.loupe.value)
}
