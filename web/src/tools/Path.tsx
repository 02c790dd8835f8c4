/** A path between two codes, to scrub or to play; and arithmetic with the means of classes. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Explorer } from '../explorer/explorer'
import type { PathEnd } from '../explorer/state'
import { evenly, type PathKind, smoothed, spherical, straight, throughData } from '../space/paths'
import { codeOf } from '../space/points'
import { shortPath } from '../space/shortPaths'
import { useExplorer } from '../ui/context'
import { Decoding } from '../ui/Images'
import { Segments } from '../ui/Segments'
import { Change } from './Change'
import { arithmeticOf, codeAtEnd, type End, endsOf } from './ends'
import { changing, landmarksOf } from './landmarks'
import { usePlayback } from './playback'

const STEPS = 61
const FRAMES = 9

export function Path() {
  const explorer = useExplorer()
  const { actions } = explorer
  const { ensemble, neighbours: found } = explorer.bundle.space
  const ends = endsOf(explorer)
  const [from, setFrom] = useEnd(ends, 0, 'from')
  const [to, setTo] = useEnd(ends, 1, 'to')
  const [kind, setKind] = useState<PathKind>('straight')
  const path = usePath(from, to, kind)
  const goTo = useCallback(
    (share: number) => {
      const code = path?.[Math.round(share * (STEPS - 1))]
      if (code) actions.go({ code, origin: 'path', certainty: 'exact' })
    },
    [path, actions],
  )
  const { share, playing, play, scrub } = usePlayback(goTo)

  useEffect(() => {
    actions.mark(path ? { kind: 'path', codes: path } : null)
    return () => actions.mark(null)
  }, [path, actions])

  if (ends.length < 2)
    return <p class="quiet">Pin two points: a path leads from one to the other.</p>
  const frames = path ? evenly(path, FRAMES) : []
  return (
    <>
      <div class="toolSide">
        <p class="buttons">
          <EndSelect label="path from" ends={ends} value={from} onChoose={setFrom} />
          <span aria-hidden="true">→</span>
          <EndSelect label="path to" ends={ends} value={to} onChoose={setTo} />
        </p>
        <Segments<PathKind>
          label="kind of path"
          value={kind}
          choices={[
            { value: 'straight', name: 'Straight', title: 'z = a + t (b − a)' },
            {
              value: 'spherical',
              name: 'Spherical',
              title: 'turns round the origin (slerp), so the length of z stays likely',
            },
            {
              value: 'data',
              name: 'Along the data',
              title: `the shortest way over the graph of nearest neighbours${found ? `; ${found.note}` : ''}`,
            },
            {
              value: 'short',
              name: 'Short',
              title: ensemble
                ? 'the image changes as little as it can, and decoders agree: arXiv:2408.07507'
                : 'the image changes as little as it can: arXiv:1812.08284',
            },
          ]}
          onChoose={setKind}
        />
        <p class="quiet">Drag A or B in the plot to move the path.</p>
        <Arithmetic ends={ends} />
      </div>
      <div class="path">
        <div class="strip">
          {frames.map((code, i) => (
            <button
              key={i}
              type="button"
              class="plain"
              aria-label={`step ${i + 1} of the path`}
              onClick={() => scrub(i / (FRAMES - 1))}
            >
              <Decoding code={code} side={48} reads />
            </button>
          ))}
        </div>
        {path && <Change path={path} />}
        <p class="buttons">
          <button type="button" aria-pressed={playing} onClick={() => play(!playing)}>
            {playing ? 'pause' : 'play'}
          </button>
          <input
            type="range"
            aria-label="along the path"
            min={0}
            max={STEPS - 1}
            step={0.1}
            value={share * (STEPS - 1)}
            onInput={(event) => {
              play(false)
              scrub(Number(event.currentTarget.value) / (STEPS - 1))
            }}
          />
          <span class="number">{Math.round(100 * share)} %</span>
        </p>
      </div>
    </>
  )
}

/** The end that is chosen or was dragged last, or another one where its pin was removed. */
function useEnd(
  ends: readonly End[],
  first: number,
  end?: PathEnd,
): [string, (value: string) => void] {
  const dragged = useExplorer().state.dragged.value
  const code = end && dragged[end]
  const [chosen, setChosen] = useState(ends[first]?.value ?? '')
  const before = useRef(code)
  useEffect(() => {
    if (end && code && code !== before.current) setChosen(`dragged:${end}`)
    before.current = code
  }, [code, end])
  const there = ends.some(({ value }) => value === chosen)
  return [there ? chosen : (ends[first]?.value ?? ''), setChosen]
}

/** The codes along a path; null until it is known, and where there is none. */
function usePath(from: string, to: string, kind: PathKind): Float32Array[] | null {
  const explorer = useExplorer()
  const dragged = explorer.state.dragged.value
  const a = useMemo(() => codeAtEnd(explorer, from, dragged), [explorer, from, dragged])
  const b = useMemo(() => codeAtEnd(explorer, to, dragged), [explorer, to, dragged])
  const [path, setPath] = useState<Float32Array[] | null>(null)
  useEffect(() => {
    let wanted = true
    findPath(explorer, a, b, kind, () => !wanted).then(
      (found) => wanted && setPath(found),
      (error) => {
        if (wanted) setPath(null)
        explorer.actions.fail('notice', error)
      },
    )
    return () => {
      wanted = false
    }
  }, [a, b, kind, explorer])
  return path
}

async function findPath(
  explorer: Explorer,
  a: Float32Array | null,
  b: Float32Array | null,
  kind: PathKind,
  stale: () => boolean,
): Promise<Float32Array[] | null> {
  if (!a || !b) return null
  const { bundle, finder, networks } = explorer
  if (kind === 'straight') return straight(a, b, STEPS)
  if (kind === 'spherical') return spherical(a, b, STEPS)
  const { points } = bundle
  if (kind === 'short') {
    if (!networks) return null
    const known = await landmarksOf(explorer)
    return evenly(await shortPath(a, b, known, changing(explorer, stale)), STEPS)
  }
  const { neighbours, k } = await bundle.details()
  const near = await Promise.all([finder.near(a, 1), finder.near(b, 1)])
  const [first, last] = near.map(({ indices }) => indices[0])
  const way = throughData(first, last, points.codes, points.size, neighbours, k)
  if (!way)
    throw new Error(
      'No way over neighbouring codes leads from one to the other; take a straight path.',
    )
  return evenly([a, ...smoothed(way.map((index) => codeOf(points, index))), b], STEPS)
}

/** code − mean of one class + mean of another. */
function Arithmetic({ ends }: { ends: readonly End[] }) {
  const explorer = useExplorer()
  const classes = ends.filter(({ value }) => value.startsWith('class:'))
  const [first] = useState(() => arithmeticOf(ends))
  const [start, setStart] = useEnd(ends, 0)
  const [less, setLess] = useState(first.less)
  const [more, setMore] = useState(first.more)
  if (classes.length < 2) return null
  const calculate = () => {
    const [a, b, c] = [start, less, more].map((value) => codeAtEnd(explorer, value))
    if (!a || !b || !c) return
    const code = a.map((value, j) => value - b[j] + c[j])
    explorer.actions.go({ code, origin: 'path', certainty: 'exact' })
    const title = `${name(start)} − ${name(less)} + ${name(more)}`
    explorer.actions.pinCode(code, title)
  }
  const name = (value: string) => ends.find((end) => end.value === value)?.title ?? value
  return (
    <p class="buttons" title="arithmetic with the means of classes">
      <EndSelect label="arithmetic: start" ends={ends} value={start} onChoose={setStart} />
      <span aria-hidden="true">−</span>
      <EndSelect label="arithmetic: less" ends={classes} value={less} onChoose={setLess} />
      <span aria-hidden="true">+</span>
      <EndSelect label="arithmetic: more" ends={classes} value={more} onChoose={setMore} />
      <button type="button" aria-label="calculate" onClick={calculate}>
        =
      </button>
    </p>
  )
}

interface EndChoice {
  readonly label: string
  readonly ends: readonly End[]
  readonly value: string
  onChoose(value: string): void
}

function EndSelect({ label, ends, value, onChoose }: EndChoice) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {ends.map((end) => (
        <option key={end.value} value={end.value}>
          {end.title}
        </option>
      ))}
    </select>
  )
}
