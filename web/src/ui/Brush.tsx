/** Brushes a range of values: drag over them, drag the range or its ends; its ends take arrow keys. */
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { type Numbers, stepOf, titleOf, valueOfStep, written } from '../bundle/columns'
import { isOfLabels, rangeFilter, wholeRange } from '../explorer/filters'
import { type Bins, shareOf, valueAt } from '../space/histogram'
import { useExplorer } from './context'

const GRIP = 7
const STILL = 3

interface Brushed {
  readonly column: Numbers
  readonly bins: Bins
  readonly children: ComponentChildren
}

/** What a drag does: draws a range from an anchor, or moves the one there is. */
interface Drag {
  readonly anchor: number
  readonly moved: readonly [number, number] | null
  readonly x: number
  still: boolean
}

export function Brush({ column, bins, children }: Brushed) {
  const { actions, state } = useExplorer()
  const box = useRef<HTMLDivElement>(null)
  const drag = useRef<Drag | null>(null)
  const filter = state.filters.value.get(column.name)
  const own = filter && !isOfLabels(filter) ? filter : null
  const range = own ? own.within : wholeRange(column)
  const [low, high] = wholeRange(column)
  const missing = own ? own.missing : false

  const change = (from: number, to: number) =>
    actions.filter(column.name, rangeFilter(column, { within: [from, to], missing }))

  const atPointer = (event: PointerEvent) => {
    const { left, width } = (box.current as HTMLElement).getBoundingClientRect()
    return { share: (event.clientX - left) / width, width }
  }
  const begin = (event: PointerEvent) => {
    if (event.button !== 0) return
    const { share, width } = atPointer(event)
    const value = valueAt(bins, share)
    const [atFrom, atTo] = (range ?? [NaN, NaN]).map((end) => shareOf(bins, end))
    const grips = (end: number) => Math.abs(end - share) * width <= GRIP
    const within = range && share > atFrom && share < atTo && own
    drag.current = {
      anchor: grips(atTo) ? range![0] : grips(atFrom) ? range![1] : value,
      moved: within && !grips(atTo) && !grips(atFrom) ? range : null,
      x: event.clientX,
      still: true,
    }
    box.current?.setPointerCapture(event.pointerId)
  }
  const go = (event: PointerEvent) => {
    const { current } = drag
    if (!current || (current.still && Math.abs(event.clientX - current.x) < STILL)) return
    current.still = false
    const value = valueAt(bins, atPointer(event).share)
    if (!current.moved) {
      const ends = [current.anchor, value].sort((a, b) => a - b)
      return change(snapped(column, ends[0]), snapped(column, ends[1]))
    }
    const [from, to] = current.moved
    const by = Math.max(low - from, Math.min(high - to, value - current.anchor))
    change(snapped(column, from + by), snapped(column, to + by))
  }
  const end = () => {
    if (drag.current?.still && !drag.current.moved && own) actions.filter(column.name, null)
    drag.current = null
  }
  return (
    <div
      ref={box}
      class="brush"
      title="drag: only these values · click: all"
      onPointerDown={begin}
      onPointerMove={go}
      onPointerUp={end}
      onPointerCancel={end}
    >
      {children}
      {own && <Covers at={range?.map((value) => shareOf(bins, value)) ?? [0, 0]} />}
      {range && (
        <>
          <Handle column={column} bins={bins} side="from" ends={range} onMove={change} />
          <Handle column={column} bins={bins} side="to" ends={range} onMove={change} />
        </>
      )}
    </div>
  )
}

/** Veils what is kept out. */
function Covers({ at: [from, to] }: { at: readonly number[] }) {
  return (
    <>
      <span class="cover" style={{ left: 0, width: `${100 * Math.max(0, from)}%` }} />
      <span class="cover" style={{ right: 0, width: `${100 * Math.max(0, 1 - to)}%` }} />
    </>
  )
}

interface End {
  readonly column: Numbers
  readonly bins: Bins
  readonly side: 'from' | 'to'
  readonly ends: readonly [number, number]
  onMove(from: number, to: number): void
}

function Handle({ column, bins, side, ends, onMove }: End) {
  const [low, high] = wholeRange(column)
  const value = ends[side === 'from' ? 0 : 1]
  const move = (input: HTMLInputElement) => {
    const wanted = valueOfStep(column, Number(input.value))
    const [from, to] =
      side === 'from' ? [Math.min(wanted, ends[1]), ends[1]] : [ends[0], Math.max(wanted, ends[0])]
    onMove(from, to)
    // An end that met the other stays there.
    input.value = String(stepOf(column, side === 'from' ? from : to))
  }
  return (
    <span class="handle" style={{ left: `${100 * shareOf(bins, value)}%` }}>
      <input
        type="range"
        class="spoken"
        aria-label={`${titleOf(column)} ${side}`}
        aria-valuetext={written(column, value)}
        min={stepOf(column, low)}
        max={stepOf(column, high)}
        step={stride(column)}
        value={stepOf(column, value)}
        onInput={(event) => move(event.currentTarget)}
      />
    </span>
  )
}

/** How many of the steps that are written a brush takes at once: a thousand of its own at most. */
function stride(column: Numbers): number {
  const steps = stepOf(column, column.high) - stepOf(column, column.low)
  return Math.max(1, 10 ** (Math.floor(Math.log10(Math.max(1, steps))) - 2))
}

function snapped(column: Numbers, value: number): number {
  const each = stride(column)
  const step = Math.round(value / column.unit / each) * each
  const [low, high] = wholeRange(column)
  return Math.max(low, Math.min(high, valueOfStep(column, step)))
}
