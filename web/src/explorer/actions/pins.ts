/** What is pinned. */
import type { Bundle } from '../../bundle/open'
import { codeOf } from '../../space/points'
import type { History } from '../history'
import type { ChangeableState, Pin } from '../state'

export function pinActions(state: ChangeableState, bundle: Bundle, history: History) {
  let pinned = 0

  /** Gives the number of the pin, the one that is wanted where that is free. */
  function pin(wanted: Omit<Pin, 'key' | 'title'> & Partial<Pick<Pin, 'key' | 'title'>>): number {
    const { pins } = state
    const { index } = wanted
    const same = index !== null && pins.value.find((other) => other.index === index)
    if (same) return same.key
    history.remember()
    const free = wanted.key && pins.value.every((other) => other.key !== wanted.key)
    const key = (free && wanted.key) || pinned + 1
    pinned = Math.max(pinned, key)
    const label = index === null ? null : bundle.points.labels[index]
    const title = wanted.title ?? (label === null ? 'a spot' : bundle.className(label))
    pins.value = [{ ...wanted, title, key }, ...pins.value]
    return key
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
