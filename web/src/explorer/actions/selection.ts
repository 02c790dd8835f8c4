/** What is picked out: by filters, by a selection, by tags. */
import { batch } from '@preact/signals'
import { type Filter, isOfLabels } from '../filters'
import type { History } from '../history'
import type { ChangeableState, Gesture, ToolName } from '../state'

export function selectionActions(
  state: ChangeableState,
  history: History,
  openTool: (tool: ToolName) => void,
) {
  /** Lets only some values of a column through, by the column's name; null lets all through. */
  function filter(name: string, wanted: Filter | null): void {
    const brushed = wanted !== null && !isOfLabels(wanted)
    history.remember(brushed ? `brush ${name}` : '')
    const filters = new Map(state.filters.value)
    if (wanted) filters.set(name, wanted)
    else filters.delete(name)
    state.filters.value = filters
  }

  function clearFilters(): void {
    history.remember()
    state.filters.value = new Map()
  }

  function chooseGesture(gesture: Gesture): void {
    state.gesture.value = gesture
  }

  function select(indices: ArrayLike<number>): void {
    if (!indices.length && !state.selection.value) return
    history.remember()
    state.selection.value = indices.length ? new Uint32Array(indices) : null
  }

  /** Selects what a person has drawn round, and shows it where no other tool is in use. */
  function gather(indices: readonly number[]): void {
    batch(() => {
      select(indices)
      if (indices.length && state.tool.value === null) openTool('selection')
    })
  }

  /** Keeps a selection, so that the next one is compared with it. */
  function keep(selection: Uint32Array | null): void {
    history.remember()
    state.kept.value = selection
  }

  /** Says a word of some points, or takes it back. */
  function tag(word: string, indices: Uint32Array | null): void {
    history.remember()
    const tags = new Map(state.tags.value)
    if (indices) tags.set(word, indices)
    else tags.delete(word)
    state.tags.value = tags
  }

  /** Where a box begins that is drawn by keys; null ends it. */
  function corner(place: readonly [number, number] | null): void {
    state.corner.value = place
  }

  /** Esc: nothing is selected, and a drag moves the view again. */
  function stepBack(): void {
    batch(() => {
      if (state.corner.value) return corner(null)
      select([])
      chooseGesture('move')
    })
  }

  return { filter, clearFilters, chooseGesture, select, gather, keep, tag, corner, stepBack }
}
