/** What sets a selection apart: from one that was kept, or else from everything else. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import { differences, discoveries, FALSE_DISCOVERIES, momentsOf } from '../space/statistics'
import { useExplorer } from '../ui/context'
import { Decoding, Pixels } from '../ui/Images'
import { signed } from '../ui/numbers'

const NAMED = 6

export function Differs({ selection }: { selection: Uint32Array }) {
  const { actions, bundle, state } = useExplorer()
  const { points } = bundle
  const kept = state.kept.value
  const other = useMemo(
    () => kept ?? complement(selection, points.count),
    [kept, selection, points.count],
  )
  const against = kept ? `the ${kept.length.toLocaleString('en')} kept` : 'everything else'
  return (
    <div>
      <h3>
        what differs
        {kept ? (
          <button type="button" class="minor" onClick={() => actions.keep(null)}>
            forget the kept
          </button>
        ) : (
          <button
            type="button"
            class="minor"
            title="keep this selection, to compare the next one with it"
            onClick={() => actions.keep(selection)}
          >
            keep to compare
          </button>
        )}
      </h3>
      {kept === selection ? (
        <p class="quiet">Kept. Now select what it is to be compared with.</p>
      ) : selection.length < 2 || other.length < 2 ? (
        <p class="quiet">Two images are needed here and in {against}.</p>
      ) : (
        <Contrast here={selection} there={other} against={against} />
      )}
    </div>
  )
}

interface Groups {
  readonly here: Uint32Array
  readonly there: Uint32Array
  readonly against: string
}

function Contrast({ here, there, against }: Groups) {
  const { actions, bundle } = useExplorer()
  const { points } = bundle
  const { found, from, to } = useMemo(() => {
    const [own, others] = [momentsOf(points, here), momentsOf(points, there)]
    const means = [others, own].map(({ mean }) => Float32Array.from(mean))
    return { found: discoveries(differences(own, others)), from: means[0], to: means[1] }
  }, [points, here, there])
  const [t, setT] = useState(1)
  const move = (share: number) => {
    setT(share)
    const code = from.map((value, j) => value + share * (to[j] - value))
    actions.go({ code, origin: 'difference', certainty: 'exact' })
  }
  return (
    <>
      {bundle.space.decoder && <Images from={from} to={to} />}
      {bundle.space.decoder && (
        <input
          type="range"
          aria-label={`from the mean of ${against} to the mean of the selection`}
          min={-1}
          max={2}
          step={0.01}
          value={t}
          onInput={(event) => move(Number(event.currentTarget.value))}
        />
      )}
      <p
        class="quiet"
        title="Welch’s t-test of each number of the code, after Benjamini and Hochberg"
      >
        {found.length} of {points.size} numbers differ from {against} (at most{' '}
        {100 * FALSE_DISCOVERIES} % of these by chance)
      </p>
      <ul class="differences" aria-label="numbers that differ">
        {found.slice(0, NAMED).map(({ dimension, step, effect }) => (
          <li key={dimension} title={`${signed(effect)} standard deviations`}>
            <span class="term">z{dimension + 1}</span>
            <span class="number">{signed(step)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** Both means decoded, and the second minus the first: grey where they agree. */
function Images({ from, to }: { from: Float32Array; to: Float32Array }) {
  const explorer = useExplorer()
  const { label } = explorer
  const [contrast, setContrast] = useState<Float32Array | null>(null)
  useEffect(() => {
    let wanted = true
    const decode = async () => {
      if (!explorer.networks) return
      const [a, b] = await Promise.all(
        [from, to].map((code) => explorer.networks!.decode(code, label, () => !wanted)),
      )
      if (wanted) setContrast(a.map((value, i) => (1 + b[i] - value) / 2))
    }
    decode().catch((error) => explorer.actions.fail('decoder', error))
    return () => {
      wanted = false
    }
  }, [from, to, label, explorer])
  return (
    <div class="contrast">
      <figure>
        <Decoding code={from} side={72} title="mean of the others, decoded" />
        <figcaption>others</figcaption>
      </figure>
      <figure>
        <Pixels image={contrast} side={72} title="selection minus others" />
        <figcaption>difference</figcaption>
      </figure>
      <figure>
        <Decoding code={to} side={72} title="mean of the selection, decoded" />
        <figcaption>selection</figcaption>
      </figure>
    </div>
  )
}

function complement(selection: Uint32Array, count: number): Uint32Array {
  const inside = new Uint8Array(count)
  for (const index of selection) inside[index] = 1
  const outside = new Uint32Array(count)
  let length = 0
  for (let i = 0; i < count; i++) if (!inside[i]) outside[length++] = i
  return outside.subarray(0, length)
}
