/** Numbers: their histogram in the colours of the scale, the value under the pointer, and a brush. */
import { useMemo } from 'preact/hooks'
import { isWhole, NO_VALUE, type Numbers, valueOf, written } from '../bundle/columns'
import { isOfLabels, rangeFilter, wholeRange } from '../explorer/filters'
import { SCALE } from '../plot/scale'
import { type Bins, binsOf, countsIn, shareOf } from '../space/histogram'
import { Brush } from './Brush'
import { useExplorer } from './context'

const LEAST = 0.06

export function Scale({ column }: { column: Numbers }) {
  const explorer = useExplorer()
  const { columns, state } = explorer
  const { low, high, numbers, name } = column
  const besides = explorer.filmed(columns.besides.value)
  const bins = useMemo(() => binsOf(low, high, isWhole(column)), [column, low, high])
  const counts = useMemo(() => countsIn(bins, numbers, besides), [bins, numbers, besides])
  const hovered = state.hovered.value
  const here = hovered < 0 ? NaN : shareOf(bins, numbers[hovered])
  return (
    <div class="scale" role="group" aria-label={`scale of ${name}`}>
      <div class="values">
        <Brush column={column} bins={bins}>
          <Bars counts={counts} bins={bins} low={low} high={high} />
          {!Number.isNaN(here) && <span class="mark" style={{ left: `${100 * here}%` }} />}
        </Brush>
        <p class="number ends">
          <span>{written(column, low)}</span>
          <span data-value>{hovered < 0 ? '' : `here ${valueOf(column, hovered)}`}</span>
          <span>{written(column, high)}</span>
        </p>
      </div>
      {column.missing > 0 && <Missing column={column} />}
    </div>
  )
}

interface Drawn {
  readonly counts: Uint32Array
  readonly bins: Bins
  readonly low: number
  readonly high: number
}

function Bars({ counts, bins, low, high }: Drawn) {
  const most = counts.reduce((a, b) => Math.max(a, b), 1)
  const bars = [...counts]
    // What occurs at all can be seen.
    .map((count, i) => ({ i, share: count && Math.max(LEAST, count / most) }))
    .map(({ i, share }) => `M${i} 1V${1 - share}H${i + 1}V1Z`)
    .join('')
  const [from, to] = [low, high].map((end) => shareOf(bins, end) * bins.count)
  return (
    <>
      <svg
        class="bars"
        viewBox={`0 0 ${bins.count} 1`}
        preserveAspectRatio="none"
        aria-hidden="true"
        data-counts={counts.join()}
      >
        <linearGradient id="scale" gradientUnits="userSpaceOnUse" x1={from} x2={to} y1="0" y2="0">
          {SCALE.map((colour, i) => (
            <stop key={colour} offset={i / (SCALE.length - 1)} stop-color={colour} />
          ))}
        </linearGradient>
        <path d={bars} fill="url(#scale)" />
      </svg>
      <span
        class="ramp"
        style={{
          background: `linear-gradient(90deg, ${SCALE.join()})`,
          left: `${(100 * from) / bins.count}%`,
          right: `${100 - (100 * to) / bins.count}%`,
        }}
      />
    </>
  )
}

/** Points without a value: alone by a click, switched on and off by Shift and click. */
function Missing({ column }: { column: Numbers }) {
  const { actions, state } = useExplorer()
  const filter = state.filters.value.get(column.name)
  const now = filter && !isOfLabels(filter) ? filter : { within: wholeRange(column), missing: true }
  const isAlone = !now.within && now.missing
  const choose = (switching: boolean) =>
    actions.filter(
      column.name,
      switching && !isAlone
        ? rangeFilter(column, { ...now, missing: !now.missing })
        : isAlone
          ? null
          : { within: null, missing: true },
    )
  return (
    <button
      type="button"
      aria-label={`${NO_VALUE} ${column.missing.toLocaleString('en')}`}
      aria-pressed={now.missing}
      title="click: these alone · Shift and click: switch them on or off"
      onClick={(event) => choose(event.shiftKey)}
    >
      <span aria-hidden="true">○</span> <span class="name">{NO_VALUE}</span>{' '}
      <span class="count">{column.missing.toLocaleString('en')}</span>
    </button>
  )
}
