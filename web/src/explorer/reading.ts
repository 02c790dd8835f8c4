/** Reads the decoded image whenever there is another: the newest one, as fast as the judge can. */
import { effect } from '@preact/signals'
import type { Explorer } from './explorer'

export function followReading({ actions, bundle, networks, state }: Explorer): void {
  if (!networks || !bundle.space.judge) return
  const reader = networks
  let busy = false
  let read: Float32Array | null = null

  async function readOn(): Promise<void> {
    busy = true
    for (let image = state.decoded.peek(); image && image !== read; image = state.decoded.peek()) {
      read = image
      actions.showReading(await reader.read(image))
    }
    busy = false
  }

  effect(() => {
    if (!state.decoded.value || busy) return
    // Left busy where it fails: said once, and not tried again.
    readOn().catch((error) => actions.fail('notice', error))
  })
}
