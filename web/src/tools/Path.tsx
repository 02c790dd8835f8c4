/** A path between two codes, to scrub or to play; and arithmetic with the means of classes. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import { evenly, type PathKind, smoothed, spherical, straight, throughData } from '../space/paths'
import { useExplorer } from '../ui/context'
import { Decoding } from '../ui/Images'
import { Segments } from '../ui/Segments'
import { codeAtEnd, type End, endsOf } from './ends'

const STEPS = 61
const FRAMES = 9
const SECONDS = 4

export function Path() {
  const explorer = useExplorer()
  const { state } = explorer
  const ends = endsOf(explorer)
  const [from, setFrom] = useState(ends[0]?.value ?? '')
  const [to, setTo] = useState(ends[1]?.value ?? '')
  const [kind, setKind] = useState<PathKind>('straight')
  const [at, setAt] = useState(0)
  const [playing, setPlaying] = useState(false)
  const path = usePath(from, to, kind)

  useEffect(() => {
    state.marks.value = path ? { kind: 'path', codes: path } : null
    return () => (state.marks.value = null)
  }, [path, state])

  const scrub = (step: number) => {
    setAt(step)
    const code = path?.[Math.round(step)]
    if (code) explorer.go({ code, origin: 'path', certainty: 'exact' })
  }
  useEffect(() => {
    if (!playing || !path) return
    let frame = 0
    let began =
      performance.now() - Math.acos(1 - (2 * at) / (STEPS - 1)) * ((SECONDS * 1000) / Math.PI)
    const tick = (now: number) => {
      // There and back, slow at both ends.
      const t = (1 - Math.cos(((now - began) / (SECONDS * 1000)) * Math.PI)) / 2
      scrub(t * (STEPS - 1))
      frame = requestAnimationFrame(tick)
    }
    frame = requestAnimationFrame(tick)
    return () => {
      cancelAnimationFrame(frame)
      began = 0
    }
    // The path is played from where it was when the button was pressed.
  }, [playing, path])

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
              title: 'the shortest way over the graph of nearest neighbours',
            },
          ]}
          onChoose={setKind}
        />
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
              onClick={() => scrub((i / (FRAMES - 1)) * (STEPS - 1))}
            >
              <Decoding code={code} side={64} />
            </button>
          ))}
        </div>
        <p class="buttons">
          <button type="button" aria-pressed={playing} onClick={() => setPlaying(!playing)}>
            {playing ? 'pause' : 'play'}
          </button>
          <input
            type="range"
            aria-label="along the path"
            min={0}
            max={STEPS - 1}
            step={0.1}
            value={at}
            onInput={(event) => {
              setPlaying(false)
              scrub(Number(event.currentTarget.value))
            }}
          />
          <span class="number">{Math.round((100 * at) / (STEPS - 1))} %</span>
        </p>
      </div>
    </>
  )
}

/** The codes along a path; null until it is known, and where there is none. */
function usePath(from: string, to: string, kind: PathKind): Float32Array[] | null {
  const explorer = useExplorer()
  const a = useMemo(() => codeAtEnd(explorer, from), [explorer, from])
  const b = useMemo(() => codeAtEnd(explorer, to), [explorer, to])
  const [path, setPath] = useState<Float32Array[] | null>(null)
  useEffect(() => {
    let wanted = true
    const find = async () => {
      if (!a || !b) return null
      if (kind === 'straight') return straight(a, b, STEPS)
      if (kind === 'spherical') return spherical(a, b, STEPS)
      const { codes, size } = explorer.bundle.points
      const { neighbours, k } = await explorer.bundle.details()
      const near = await Promise.all([explorer.finder.near(a, 1), explorer.finder.near(b, 1)])
      const way = throughData(near[0].indices[0], near[1].indices[0], codes, size, neighbours, k)
      if (!way)
        throw new Error(
          'No way over neighbouring codes leads from one to the other; take a straight path.',
        )
      return evenly([a, ...smoothed(way.map((index) => explorer.codeOf(index))), b], STEPS)
    }
    find().then(
      (found) => wanted && setPath(found),
      (error) => explorer.fail('notice', error),
    )
    return () => {
      wanted = false
    }
  }, [a, b, kind, explorer])
  return path
}

/** code − mean of one class + mean of another. */
function Arithmetic({ ends }: { ends: readonly End[] }) {
  const explorer = useExplorer()
  const classes = ends.filter(({ value }) => value.startsWith('class:'))
  const [start, setStart] = useState(ends[0]?.value ?? '')
  const [less, setLess] = useState(classes[0]?.value ?? '')
  const [more, setMore] = useState(classes[1]?.value ?? '')
  if (classes.length < 2) return null
  const calculate = () => {
    const [a, b, c] = [start, less, more].map((value) => codeAtEnd(explorer, value))
    if (!a || !b || !c) return
    const code = a.map((value, j) => value - b[j] + c[j])
    explorer.go({ code, origin: 'path', certainty: 'exact' })
    const title = `${name(start)} − ${name(less)} + ${name(more)}`
    explorer.pin({ index: null, code, picture: null, title })
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
