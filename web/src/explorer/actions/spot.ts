/** The spot that is decoded: it moves, and what it decodes to and lies near comes. */
import { batch } from '@preact/signals'
import type { Reading } from '../../networks/networks'
import type { Near } from '../../space/neighbours'
import type { ChangeableState, Origin, Spot } from '../state'

export function spotActions(state: ChangeableState) {
  /** Moves the current spot: it is decoded, and its neighbours are found. */
  function go(spot: Spot): void {
    state.spot.value = spot
  }

  function hover(index: number): void {
    state.hovered.value = index
  }

  /** Nothing is under the pointer any more: the image stays, and its title says so. */
  function leave(): void {
    batch(() => {
      hover(-1)
      outlive('pointer')
    })
  }

  /** The spot that something moved stays where it is, though that is gone. */
  function outlive(origin: Origin): void {
    const spot = state.spot.value
    if (spot?.origin === origin) state.spot.value = { ...spot, origin: 'earlier' }
  }

  function showDecoded(image: Float32Array): void {
    state.decoded.value = image
  }

  function showNear(near: Near): void {
    state.near.value = near
  }

  function showReading(reading: Reading): void {
    state.reading.value = reading
  }

  function countDecoder(share: number): void {
    state.decoderShare.value = share
  }

  return { go, hover, leave, outlive, showDecoded, showNear, showReading, countDecoder }
}
