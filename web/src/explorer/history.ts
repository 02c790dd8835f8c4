/** What can be undone: pins, selections, tags, filters and the epoch, as they were before each change. */
import { batch } from '@preact/signals'
import type { ChangeableState, State } from './state'

const MOST_STEPS = 100
const PAUSE_MS = 500

type Step = {
  [Name in 'epoch' | 'filters' | 'kept' | 'pins' | 'selection' | 'tags']: State[Name]['value']
}

export class History {
  private readonly past: Step[] = []
  private last = { what: '', when: -Infinity }

  constructor(private readonly state: ChangeableState) {}

  /** Remembers what is, before it is changed; what goes on without a pause is one step. */
  remember(what = ''): void {
    const now = performance.now()
    const goesOn = what !== '' && what === this.last.what && now - this.last.when < PAUSE_MS
    this.last = { what, when: now }
    if (goesOn) return
    const { epoch, filters, kept, pins, selection, tags } = this.state
    this.past.push({
      epoch: epoch.value,
      filters: filters.value,
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
      this.state.playing.value = false
      this.state.epoch.value = before.epoch
      this.state.filters.value = before.filters
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
