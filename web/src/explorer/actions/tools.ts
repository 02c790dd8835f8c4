/** The tool that is open, and what it marks in the plot. */
import { batch } from '@preact/signals'
import type { Move } from '../../images/moves'
import type { ChangeableState, Marks, Origin, PathEnd, ToolName } from '../state'

export function toolActions(state: ChangeableState, outlive: (origin: Origin) => void) {
  function openTool(tool: ToolName | null): void {
    const before = state.tool.value
    if (tool === before) return
    batch(() => {
      state.tool.value = tool
      if (tool && tool !== 'selection') {
        state.playing.value = false
        state.epoch.value = null
      }
      state.marks.value = null
      if (before) outlive(before)
    })
  }

  /** Opens a tool, or closes it where it is open. */
  function toggleTool(tool: ToolName): void {
    openTool(state.tool.value === tool ? null : tool)
  }

  function mark(marks: Marks | null): void {
    state.marks.value = marks
  }

  function dragEnd(end: PathEnd, code: Float32Array): void {
    state.dragged.value = { ...state.dragged.value, [end]: code }
  }

  /** Moves the image of a pin. */
  function moveImage(pin: number, move: Move): void {
    state.moving.value = { pin, move }
  }

  /** Hands a picture to the drawing tool. */
  function drop(file: File): void {
    batch(() => {
      openTool('draw')
      state.dropped.value = file
    })
  }

  /** The drawing tool has taken the picture. */
  function takeDropped(): void {
    state.dropped.value = null
  }

  return { openTool, toggleTool, mark, dragEnd, moveImage, drop, takeDropped }
}
