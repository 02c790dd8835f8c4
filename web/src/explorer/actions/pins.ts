/** What is pinned. */
import type { Bundle } from '../../bundle/open'
import { codeOf } from '../../space/points'
import type { History } from '../history'
import type { ChangeableState, Pin } from '../state'

export function pinActions(state: ChangeableState, bundle: Bundle, history: History) {
  let pinned = 0

  function pin(wanted: Omit<Pin, 'key' | 'title'> & { title?: string }): void {
    const { pins } = state
    const { index } = wanted
    if (index !== null && pins.value.some((other) => other.index === index)) return
    history.remember()
    const key = ++pinned
    const label = index === null ? null : bundle.points.labels[index]
    const title = wanted.title ?? (label === null ? 'a spot' : bundle.className(label))
    pins.value = [{ ...wanted, title, key }, ...pins.value]
  }

  function pinCode(code: Float32Array, title?: string): void {
    pin({ index: null, code, picture: null, ...(title ? { title } : {}) })
  }

  function pinPoint(index: number): void {
    pin({ index, code: codeOf(bundle.points, index), picture: null })
  }

  function unpin(key: number): void {
    history.remember()
    state.pins.value = state.pins.value.filter((other) => other.key !== key)
  }

  /** Removes the pins of stored points; what people made themselves stays. */
  function unpinPoints(): void {
    history.remember()
    state.pins.value = state.pins.value.filter((other) => other.index === null)
  }

  function clearPins(): void {
    history.remember()
    state.pins.value = []
  }

  return { pin, pinCode, pinPoint, unpin, unpinPoints, clearPins }
}
