/** Pins of two spaces: what is pinned in one is pinned in the other, under the same number. */
import type { Pin } from '../explorer/state'
import { codeOf } from '../space/points'
import type { Pair } from './pair'
import type { Side } from './side'

export class Pins {
  /** From the number of a side's pin to that of its twin; null while that is on its way. */
  private readonly twins = new Map<Side, Map<number, number | null>>()

  constructor(private readonly pair: Pair) {
    for (const side of pair.sides) this.twins.set(side, new Map())
  }

  /** Finds twins among pins that are there: those of the same image, and the others in their order. */
  match(): void {
    const [one, two] = this.pair.sides
    for (const side of [one, two]) this.of(side).clear()
    const [own, there] = [one, two].map((side) => [...pinsOf(side)])
    const lone = (pin: Pin, twins: Int32Array) => pin.index === null || twins[pin.index] < 0
    const stored = own.map((pin) =>
      lone(pin, one.twins)
        ? undefined
        : there.find(({ index }) => index === one.twins[pin.index ?? 0]),
    )
    const rest = there.filter((pin) => lone(pin, two.twins))
    const others = own.filter((_, i) => !stored[i])
    own.forEach((pin, i) => {
      const twin = stored[i] ?? (rest.length === others.length && rest[others.indexOf(pin)])
      if (twin) this.join(pin.key, one, twin.key)
    })
  }

  /** Does in one side what was done to the pins of the other. */
  carry(pins: readonly Pin[], from: Side, to: Side): void {
    for (const [key, twin] of this.of(from)) {
      if (pins.some((pin) => pin.key === key)) continue
      this.of(from).delete(key)
      if (twin === null) continue
      this.of(to).delete(twin)
      to.explorer.actions.unpin(twin)
    }
    for (const pin of pins.toReversed()) {
      if (this.of(from).has(pin.key)) continue
      this.of(from).set(pin.key, null)
      this.add(pin, from, to).catch((error) => {
        this.of(from).delete(pin.key)
        to.explorer.actions.fail('notice', error)
      })
    }
  }

  private async add(pin: Pin, from: Side, to: Side): Promise<void> {
    const { actions, bundle } = to.explorer
    const { key } = pin
    const index = pin.index === null ? -1 : from.twins[pin.index]
    if (index >= 0) {
      const code = codeOf(bundle.points, index)
      return this.join(key, from, actions.pin({ index, code, picture: null, key }))
    }
    const code = await this.pair.across(pin, from)
    if (this.of(from).get(key) !== null) return
    const picture = this.pair.canEncode ? pin.picture : null
    const title = `${pin.title}, from ${from.name}`
    this.join(key, from, actions.pin({ index: null, code, picture, title, key }))
  }

  private join(key: number, from: Side, twin: number): void {
    this.of(from).set(key, twin)
    this.of(this.pair.other(from)).set(twin, key)
  }

  private of(side: Side): Map<number, number | null> {
    return this.twins.get(side) as Map<number, number | null>
  }
}

function pinsOf({ explorer }: Side): readonly Pin[] {
  return explorer.state.pins.value
}
