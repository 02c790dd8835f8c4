/** The numbers of a selection beside those of everything: a histogram of each, and their medians. */
import { useMemo } from 'preact/hooks'
import { isWhole, type Numbers, NO_VALUE, written } from '../bundle/columns'
import { binsOf, countsIn } from '../space/histogram'

export function Spread({ column, selection }: { column: Numbers; selection: Uint32Array }) {
  const { low, high, numbers, name } = column
  const bins = useMemo(() => binsOf(low, high, isWhole(column)), [column, low, high])
  const own = useMemo(() => Float64Array.from(selection, (i) => numbers[i]), [selection, numbers])
  const [here, there] = [own, numbers].map((values) => shares(countsIn(bins, values, null)))
  const most = Math.max(...here, ...there) || 1
  const missing = own.filter(Number.isNaN).length
  const top = (share: number) => 1 - share / most
  return (
    <>
      <svg
        class="spread"
        role="img"
        aria-label={`${name} of the selection`}
        viewBox={`0 0 ${bins.count} 1`}
        preserveAspectRatio="none"
      >
        <path class="here" d={here.map((s, i) => `M${i} 1V${top(s)}H${i + 1}V1Z`).join('')} />
        <path
          class="everywhere"
          d={`M0 1${there.map((s, i) => `V${top(s)}H${i + 1}`).join('')}V1`}
        />
      </svg>
      <p class="number ends">
        <span>{written(column, low)}</span>
        <span>{written(column, high)}</span>
      </p>
      <p class="quiet" data-medians>
        median {written(column, median(own))} here, {written(column, median(numbers))} everywhere
        {missing > 0 && `; ${missing.toLocaleString('en')} with ${NO_VALUE}`}
      </p>
    </>
  )
}

function shares(counts: Uint32Array): number[] {
  const all = counts.reduce((a, b) => a + b, 0) || 1
  return Array.from(counts, (count) => count / all)
}

/** NaN where there is none. */
function median(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value)).sort()
  const middle = (known.length - 1) / 2
  return (known[Math.floor(middle)] + known[Math.ceil(middle)]) / 2
}
