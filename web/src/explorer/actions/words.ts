/** What is said: dialogs, notices, and what failed. */
import type { Area, ChangeableState, DialogName } from '../state'

const READING_MS = 5000

export function wordActions(state: ChangeableState) {
  function openDialog(dialog: DialogName): void {
    state.dialog.value = dialog
  }

  /** Closes a dialog; another one may have been asked for by then. */
  function closeDialog(dialog: DialogName): void {
    if (state.dialog.value === dialog) state.dialog.value = null
  }

  function sayCollapsed(sentence: string): void {
    state.collapsed.value = sentence
  }

  function fail(area: Area, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    state.trouble.value = { ...state.trouble.value, [area]: message }
  }

  /** Shows a sentence for a while. */
  function tell(sentence: string): void {
    fail('notice', sentence)
    setTimeout(() => {
      if (state.trouble.value.notice === sentence) dismissNotice()
    }, READING_MS)
  }

  function dismissNotice(): void {
    state.trouble.value = { ...state.trouble.value, notice: '' }
  }

  return { openDialog, closeDialog, sayCollapsed, fail, tell, dismissNotice }
}
