/** Everything that can be done to the state, and the only place that does it. */
import { batch } from '@preact/signals'
import type { Bundle } from '../bundle/open'
import { type Camera, HOME } from '../space/camera'
import type { Near } from '../space/neighbours'
import { codeOf } from '../space/points'
import { type Filter, isOfLabels } from './filters'
import { History } from './history'
import type {
  Area,
  ChangeableState,
  DialogName,
  Gesture,
  Look,
  Marks,
  Origin,
  PathEnd,
  Pin,
  Spot,
  ToolName,
} from './state'

const READING_MS = 5000
export class Actions {
  private pinned = 0
  private readonly history: History

  constructor(
    private readonly state: ChangeableState,
    private readonly bundle: Bundle,
  ) {
    this.history = new History(state)
  }

  // Undoing

  /** Brings back the pins, selections, tags and filters of before the last change to them. */
  undo(): void {
    if (!this.history.undo()) this.tell('There is nothing to undo.')
  }

  /** What has been done so far is where undoing ends. */
  beginHere(): void {
    this.history.forget()
  }

  // What is looked at

  /** Shows axes of a view from its first camera; a solid one keeps its turn. */
  showView(name: string, shown: readonly number[], solid: boolean): void {
    const { state } = this
    batch(() => {
      const { yaw, pitch } = state.camera.value
      state.camera.value = { ...HOME, yaw, pitch }
      state.viewName.value = name
      state.shown.value = shown
      state.solid.value = solid
    })
  }

  moveCamera(change: Partial<Camera>): void {
    this.state.camera.value = { ...this.state.camera.value, ...change }
  }

  showLook(look: Look): void {
    this.state.look.value = look
  }

  showField(name: string): void {
    this.state.field.value = name
  }

  /** Colours points by a column, or by class where the name is empty. */
  colourBy(name: string): void {
    this.state.colour.value = name
  }

  toggleSmooth(): void {
    this.state.smooth.value = !this.state.smooth.value
  }

  /** Has the plot save itself; null once it has. */
  saveView(form: 'png' | 'svg' | null): void {
    this.state.snapshot.value = form
  }

  // Filters

  /** Lets only some values of a column through, by the column's name; null lets all through. */
  filter(name: string, filter: Filter | null): void {
    const brushed = filter !== null && !isOfLabels(filter)
    this.history.remember(brushed ? `brush ${name}` : '')
    const filters = new Map(this.state.filters.value)
    if (filter) filters.set(name, filter)
    else filters.delete(name)
    this.state.filters.value = filters
  }

  clearFilters(): void {
    this.history.remember()
    this.state.filters.value = new Map()
  }

  /** Asks a conditional decoder for a class. */
  askForClass(label: number): void {
    this.state.condition.value = label
  }

  // The spot that is decoded

  /** Moves the current spot: it is decoded, and its neighbours are found. */
  go(spot: Spot): void {
    this.state.spot.value = spot
  }

  hover(index: number): void {
    this.state.hovered.value = index
  }

  /** Nothing is under the pointer any more: the image stays, and its title says so. */
  leave(): void {
    batch(() => {
      this.hover(-1)
      this.outlive('pointer')
    })
  }

  /** The spot that something moved stays where it is, though that is gone. */
  outlive(origin: Origin): void {
    const spot = this.state.spot.value
    if (spot?.origin === origin) this.state.spot.value = { ...spot, origin: 'earlier' }
  }

  showDecoded(image: Float32Array): void {
    this.state.decoded.value = image
  }

  showNear(near: Near): void {
    this.state.near.value = near
  }

  countDecoder(share: number): void {
    this.state.decoderShare.value = share
  }

  // Pins and selection

  pin(wanted: Omit<Pin, 'key' | 'title'> & { title?: string }): void {
    const { pins } = this.state
    const { index } = wanted
    if (index !== null && pins.value.some((pin) => pin.index === index)) return
    this.history.remember()
    const key = ++this.pinned
    const label = index === null ? null : this.bundle.points.labels[index]
    const title = wanted.title ?? (label === null ? 'a spot' : this.bundle.className(label))
    pins.value = [{ ...wanted, title, key }, ...pins.value]
  }

  pinCode(code: Float32Array, title?: string): void {
    this.pin({ index: null, code, picture: null, ...(title ? { title } : {}) })
  }

  pinPoint(index: number): void {
    this.pin({ index, code: codeOf(this.bundle.points, index), picture: null })
  }

  unpin(key: number): void {
    this.history.remember()
    this.state.pins.value = this.state.pins.value.filter((pin) => pin.key !== key)
  }

  /** Removes the pins of stored points; what people made themselves stays. */
  unpinPoints(): void {
    this.history.remember()
    this.state.pins.value = this.state.pins.value.filter((pin) => pin.index === null)
  }

  clearPins(): void {
    this.history.remember()
    this.state.pins.value = []
  }

  chooseGesture(gesture: Gesture): void {
    this.state.gesture.value = gesture
  }

  select(indices: ArrayLike<number>): void {
    if (!indices.length && !this.state.selection.value) return
    this.history.remember()
    this.state.selection.value = indices.length ? Uint32Array.from(indices) : null
  }

  /** Selects what a person has drawn round, and shows it where no other tool is in use. */
  gather(indices: readonly number[]): void {
    batch(() => {
      this.select(indices)
      if (indices.length && this.state.tool.value === null) this.openTool('selection')
    })
  }

  /** Keeps a selection, so that the next one is compared with it. */
  keep(selection: Uint32Array | null): void {
    this.history.remember()
    this.state.kept.value = selection
  }

  /** Says a word of some points, or takes it back. */
  tag(word: string, indices: Uint32Array | null): void {
    this.history.remember()
    const tags = new Map(this.state.tags.value)
    if (indices) tags.set(word, indices)
    else tags.delete(word)
    this.state.tags.value = tags
  }

  /** Where a box begins that is drawn by keys; null ends it. */
  corner(place: readonly [number, number] | null): void {
    this.state.corner.value = place
  }

  /** Esc: nothing is selected, and a drag moves the view again. */
  stepBack(): void {
    batch(() => {
      if (this.state.corner.value) return this.corner(null)
      this.select([])
      this.chooseGesture('move')
    })
  }

  // Tools

  openTool(tool: ToolName | null): void {
    const { state } = this
    const before = state.tool.value
    if (tool === before) return
    batch(() => {
      state.tool.value = tool
      state.marks.value = null
      if (before) this.outlive(before)
    })
  }

  /** Opens a tool, or closes it where it is open. */
  toggleTool(tool: ToolName): void {
    this.openTool(this.state.tool.value === tool ? null : tool)
  }

  mark(marks: Marks | null): void {
    this.state.marks.value = marks
  }

  dragEnd(end: PathEnd, code: Float32Array): void {
    this.state.dragged.value = { ...this.state.dragged.value, [end]: code }
  }

  /** Hands a picture to the drawing tool. */
  drop(file: File): void {
    batch(() => {
      this.openTool('draw')
      this.state.dropped.value = file
    })
  }

  /** The drawing tool has taken the picture. */
  takeDropped(): void {
    this.state.dropped.value = null
  }

  // Words

  openDialog(dialog: DialogName): void {
    this.state.dialog.value = dialog
  }

  /** Closes a dialog; another one may have been asked for by then. */
  closeDialog(dialog: DialogName): void {
    if (this.state.dialog.value === dialog) this.state.dialog.value = null
  }

  sayCollapsed(sentence: string): void {
    this.state.collapsed.value = sentence
  }

  fail(area: Area, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    this.state.trouble.value = { ...this.state.trouble.value, [area]: message }
  }

  /** Shows a sentence for a while. */
  tell(sentence: string): void {
    this.fail('notice', sentence)
    setTimeout(() => {
      if (this.state.trouble.value.notice === sentence) this.dismissNotice()
    }, READING_MS)
  }

  dismissNotice(): void {
    this.state.trouble.value = { ...this.state.trouble.value, notice: '' }
  }
}
