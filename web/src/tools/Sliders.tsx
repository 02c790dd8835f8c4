/** A slider for every dimension, or for the principal directions first where there are many. */
import { useMemo, useRef, useState } from 'preact/hooks'
import { drawFrom } from '../bundle/gaussians'
import { dimension, type Direction, principal, type Range, rangeOf } from '../space/directions'
import { codeOf } from '../space/points'
import type { LinearView } from '../space/views'
import { useExplorer } from '../ui/context'
import { signed } from '../ui/numbers'
import { Segments } from '../ui/Segments'
import { sourcesOf } from './sources'

const PAGE = 12
type Basis = 'directions' | 'dimensions'

export function Sliders() {
  const explorer = useExplorer()
  const { points, space } = explorer.bundle
  const pca = space.views.find(
    (view): view is LinearView => view.name === 'pca' && 'forward' in view,
  )
  const [basis, setBasis] = useState<Basis>(pca && points.size > PAGE ? 'directions' : 'dimensions')
  const [page, setPage] = useState(0)
  const [locked, setLocked] = useState<ReadonlySet<string>>(new Set())
  const start = useRef<Float32Array | null>(null)
  const code = explorer.state.spot.value?.code ?? codeOf(points, 0)
  start.current ??= code

  const length = basis === 'directions' && pca ? pca.inverse.length : points.size
  const pages = Math.ceil(length / PAGE)
  const directions = useMemo(() => {
    const axes = Array.from(
      { length: Math.min(PAGE, length - page * PAGE) },
      (_, i) => page * PAGE + i,
    )
    return axes.map((axis) => {
      const direction = basis === 'directions' && pca ? principal(pca, axis) : dimension(axis)
      return { direction, range: rangeOf(direction, points) }
    })
  }, [basis, page, length, pca, points])

  const go = (to: Float32Array) =>
    explorer.actions.go({ code: to, origin: 'sliders', certainty: 'exact' })
  const begin = (from: Float32Array) => {
    start.current = from
    go(from)
  }
  const keepLocked = (drawn: Float32Array) =>
    directions
      .filter(({ direction }) => locked.has(direction.name))
      .reduce((to, { direction }) => direction.moved(to, direction.measure(code)), drawn)
  const lock = (name: string) => {
    const names = new Set(locked)
    if (!names.delete(name)) names.add(name)
    setLocked(names)
  }
  return (
    <>
      <div class="toolSide">
        {pca && points.size > 1 && (
          <Segments
            label="what the sliders move"
            value={basis}
            choices={[
              {
                value: 'directions',
                name: 'Principal',
                title: 'along the principal directions of the codes',
              },
              { value: 'dimensions', name: 'Each', title: 'each number of the code by itself' },
            ]}
            onChoose={(value) => {
              setBasis(value)
              setPage(0)
            }}
          />
        )}
        <p class="buttons">
          <button
            type="button"
            title="start at a random real image"
            onClick={() => begin(codeOf(points, Math.floor(Math.random() * points.count)))}
          >
            a real code
          </button>
          <button type="button" onClick={() => go(start.current ?? code)}>
            reset
          </button>
        </p>
        <Randomise onDraw={(drawn) => go(keepLocked(drawn))} />
        {pages > 1 && (
          <p class="buttons">
            <button
              type="button"
              aria-label="earlier sliders"
              disabled={page === 0}
              onClick={() => setPage(page - 1)}
            >
              ‹
            </button>
            <span class="number">
              {page * PAGE + 1}–{Math.min(length, (page + 1) * PAGE)} of {length}
            </span>
            <button
              type="button"
              aria-label="later sliders"
              disabled={page === pages - 1}
              onClick={() => setPage(page + 1)}
            >
              ›
            </button>
          </p>
        )}
      </div>
      <div class="sliders">
        {directions.map(({ direction, range }) => (
          <Slider
            key={direction.name}
            direction={direction}
            range={range}
            code={code}
            locked={locked.has(direction.name)}
            onLock={() => lock(direction.name)}
            onMove={go}
          />
        ))}
      </div>
    </>
  )
}

interface SliderParts {
  readonly direction: Direction
  readonly range: Range
  readonly code: Float32Array
  readonly locked: boolean
  onLock(): void
  onMove(code: Float32Array): void
}

function Slider({ direction, range, code, locked, onLock, onMove }: SliderParts) {
  const { name } = direction
  const value = direction.measure(code)
  const outline = range.histogram
    .map((share, i) => `L${i} ${1 - share}L${i + 1} ${1 - share}`)
    .join('')
  return (
    <div class="slider">
      <span class="sliderTitle">
        <label for={name}>{name}</label>
        <span class="number">{signed(value)}</span>
        <button
          type="button"
          class="minor"
          aria-pressed={locked}
          aria-label={`lock ${name}`}
          title="lock: randomising leaves it alone"
          onClick={onLock}
        >
          {locked ? '●' : '○'}
        </button>
      </span>
      <svg
        viewBox={`0 0 ${range.histogram.length} 1`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path d={`M0 1${outline}L${range.histogram.length} 1Z`} />
      </svg>
      <input
        id={name}
        type="range"
        min={range.low}
        max={range.high}
        step={(range.high - range.low) / 500}
        value={value}
        disabled={locked}
        onInput={(event) => onMove(direction.moved(code, Number(event.currentTarget.value)))}
      />
    </div>
  )
}

/** Draws a code from a sampler or a class. */
function Randomise({ onDraw }: { onDraw: (code: Float32Array) => void }) {
  const explorer = useExplorer()
  const sources = sourcesOf(explorer.bundle)
  const [chosen, setChosen] = useState(sources[0]?.value ?? '')
  if (sources.length === 0) return null
  const draw = async () => {
    const { draws, gaussians } = await explorer.bundle.drawing()
    const { size } = explorer.bundle.points
    const codes = draws.get(chosen)
    const gaussian = gaussians.get(Number(chosen.replace('class:', '')))
    if (codes) {
      const row = Math.floor((Math.random() * codes.length) / size)
      onDraw(codes.slice(row * size, (row + 1) * size))
    } else if (gaussian) onDraw(drawFrom(gaussian, Math.random))
  }
  return (
    <p class="buttons">
      <select
        aria-label="randomise from"
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
      >
        {sources.map(({ value, title }) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
      <button
        type="button"
        onClick={() => void draw().catch((error) => explorer.actions.fail('notice', error))}
      >
        randomise
      </button>
    </p>
  )
}
