/** What is looked at, and how. */
import { batch } from '@preact/signals'
import { type Camera, HOME } from '../../space/camera'
import { NO_FIELD } from '../overlays'
import type { ChangeableState, Look } from '../state'

export function lookActions(state: ChangeableState) {
  /** Shows axes of a view from its first camera; a solid one keeps its turn. */
  function showView(name: string, shown: readonly number[], solid: boolean): void {
    batch(() => {
      const { yaw, pitch } = state.camera.value
      state.camera.value = { ...HOME, yaw, pitch }
      state.viewName.value = name
      // All points are placed anew for another list, even of the same axes.
      if (shown.join() !== state.shown.value.join()) state.shown.value = shown
      state.solid.value = solid
    })
  }

  function moveCamera(change: Partial<Camera>): void {
    state.camera.value = { ...state.camera.value, ...change }
  }

  function showLook(look: Look): void {
    state.look.value = look
  }

  function showField(name: string): void {
    state.field.value = name
  }

  /** Shows a field, or none where it is shown already. */
  function toggleField(name: string): void {
    showField(state.field.value === name ? NO_FIELD : name)
  }

  /** Decodes what lies round the spot over the points, or no longer. */
  function showLoupe(shown: boolean): void {
    state.loupe.value = shown
  }

  /** Colours points by a column, or by class where the name is empty. */
  function colourBy(name: string): void {
    state.colour.value = name
  }

  function toggleSmooth(): void {
    state.smooth.value = !state.smooth.value
  }

  /** Has the plot save itself; null once it has. */
  function saveView(form: 'png' | 'svg' | null): void {
    state.snapshot.value = form
  }

  /** Asks a conditional decoder for a class. */
  function askForClass(label: number): void {
    state.condition.value = label
  }

  return {
    showView,
    moveCamera,
    showLook,
    showField,
    toggleField,
    showLoupe,
    colourBy,
    toggleSmooth,
    saveView,
    askForClass,
  }
}
