/** What can be undone: pins, selections, tags and hidden classes, as they were before each change. */
import { batch } from '@preact/signals'
import type { ChangeableState, State } from './state'

const MOST_STEPS = 100

type Step = {
  [Name in 'hidden' | 'kept' | 'pins' | 'selection' | 'tags']: State[Name]['value']
}

export class History {
  private readonly past: Step[] = []

  constructor(private readonly state: ChangeableState) {}

  /** Remembers what is, before it is changed. */
  remember(): void {
    const { hidden, kept, pins, selection, tags } = this.state
    this.past.push({
      hidden: hidden.value,
      kept: kept.value,
      pins: pins.value,
      selection: selection.value,
      tags: tags.value,
    })
    if (this.past.length > MOST_STEPS) this.past.shift()
  }

  /** Brings back what was before the last change; false where there was none. */
  undo(): boolean {
    const before = this.past.pop()
    if (!before) return false
    batch(() => {
      this.state.hidden.value = before.hidden
      this.state.kept.value = before.kept
      this.state.pins.value = before.pins
      this.state.selection.value = before.selection
      this.state.tags.value = before.tags
    })
    return true
  }

  forget(): void {
    this.past.length = 0
  }
}
