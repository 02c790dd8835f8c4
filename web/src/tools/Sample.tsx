/** Codes drawn from a sampler or a class: where they fall, and what they decode to. */
import { useEffect, useState } from 'preact/hooks'
import { drawFrom } from '../bundle/gaussians'
import { seeded } from '../space/random'
import { useExplorer } from '../ui/context'
import { Decoding } from '../ui/Images'
import { sourcesOf } from './sources'

const DRAWS = 16

export function Sample() {
  const explorer = useExplorer()
  const { actions } = explorer
  const sources = sourcesOf(explorer.bundle)
  const [source, setSource] = useState(sources[0]?.value ?? '')
  const [turn, setTurn] = useState(0)
  const codes = useDraws(source, turn)

  useEffect(() => {
    actions.mark(codes.length ? { kind: 'draws', codes } : null)
    return () => actions.mark(null)
  }, [codes, actions])

  if (sources.length === 0)
    return <p class="quiet">This bundle has no samplers and no classes to draw from.</p>
  const go = (code: Float32Array) => actions.go({ code, origin: 'sample', certainty: 'exact' })
  return (
    <>
      <div class="toolSide">
        <p class="buttons">
          <label>
            <span class="term">draw from</span>
            <select
              aria-label="draw from"
              value={source}
              onChange={(event) => setSource(event.currentTarget.value)}
            >
              {sources.map(({ value, title }) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          </label>
          <button type="button" onClick={() => setTurn(turn + 1)}>
            draw again
          </button>
        </p>
        <p class="quiet">
          ◆ marks where the draws fell. Point at one to decode it; press to pin it.
        </p>
      </div>
      <div class="strip">
        {codes.map((code, i) => (
          <button
            key={`${source} ${turn} ${i}`}
            type="button"
            class="plain"
            aria-label={`draw ${i + 1}`}
            onPointerEnter={() => go(code)}
            onFocus={() => go(code)}
            onClick={() => actions.pinCode(code, `draw from ${source}`)}
          >
            <Decoding code={code} side={64} reads />
          </button>
        ))}
      </div>
    </>
  )
}

function useDraws(source: string, turn: number): Float32Array[] {
  const explorer = useExplorer()
  const [codes, setCodes] = useState<Float32Array[]>([])
  useEffect(() => {
    let wanted = true
    const draw = async () => {
      const { size } = explorer.bundle.points
      const { draws, gaussians } = await explorer.bundle.drawing()
      const stored = draws.get(source)
      if (stored) {
        const count = Math.min(DRAWS, stored.length / size)
        const row = (i: number) => (turn * count + i) % (stored.length / size)
        return Array.from({ length: count }, (_, i) =>
          stored.slice(row(i) * size, (row(i) + 1) * size),
        )
      }
      const gaussian = gaussians.get(Number(source.replace('class:', '')))
      const random = seeded(turn)
      return gaussian ? Array.from({ length: DRAWS }, () => drawFrom(gaussian, random)) : []
    }
    draw().then(
      (drawn) => wanted && setCodes(drawn),
      (error) => explorer.actions.fail('notice', error),
    )
    return () => {
      wanted = false
    }
  }, [source, turn, explorer])
  return codes
}
