/** The hero: what the current spot decodes to, and what is known of that spot. */
import { useContext, useEffect, useState } from 'preact/hooks'
import { shares, typicality } from '../space/neighbours'
import type { Certainty, View } from '../space/views'
import type { Origin } from '../explorer/state'
import { SideContext, useExplorer, useLabel } from './context'
import { Pixels, Thumbnail } from './Images'
import { signed } from './numbers'
import { ReadsAs, spokenReading } from './Reads'

const SIDE = 184
const SHOWN_NUMBERS = 6
/** Where two stand one above the other. */
const SHOWN_BESIDE = 4
const REST_MS = 400

const TITLES: Record<Origin, string> = {
  start: 'one of the images, decoded',
  pointer: 'under the pointer',
  keys: 'under the arrow keys',
  sliders: 'set by the sliders',
  path: 'on the path',
  draw: 'your image, reconstructed',
  move: 'the moved image, reconstructed',
  sample: 'a drawn code',
  pin: 'here',
  selection: 'mean of the selection',
  difference: 'between two means',
  film: 'an image, as it was learned',
  twin: 'the same image here',
  encoded: 'what the other decodes, encoded here',
  stitched: 'the other’s code, led across',
  earlier: 'last decoded',
}

/** What is not said aloud: the pointer is seen, and what follows it too. */
const SILENT: readonly Origin[] = ['start', 'pointer', 'earlier', 'twin', 'encoded', 'stitched']

export function Hero() {
  const explorer = useExplorer()
  const { actions, state, bundle } = explorer
  const label = useLabel('decoded image')
  const side = useContext(SideContext)
  const spot = state.spot.value
  const near = state.near.value
  const trouble = state.trouble.value.decoder
  const decodes = Boolean(bundle.space.decoder)
  const title =
    spot?.origin === 'start' && !decodes ? 'one of the codes' : TITLES[spot?.origin ?? 'pointer']
  const loading = decodes && state.decoderShare.value < 1 && !trouble
  return (
    <section class="hero" aria-label={label}>
      <h2>{title}</h2>
      <div class="heroImage" data-smooth={state.smooth.value}>
        {trouble ? (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        ) : decodes ? (
          <button
            type="button"
            class="plain"
            title="switch between crisp and smooth pixels"
            aria-label="Decoded image. Press to switch between crisp and smooth pixels."
            onClick={() => actions.toggleSmooth()}
            data-hero
          >
            <Pixels image={state.decoded.value} side={SIDE} />
          </button>
        ) : near && bundle.atlas ? (
          <Thumbnail index={near.indices[0]} side={SIDE} title="the nearest image" />
        ) : (
          <p class="quiet">
            Neither a decoder nor pictures came with these codes. Click a point to see its name.
          </p>
        )}
        <Original />
        {loading && (
          <progress aria-label="decoder loading" max={1} value={state.decoderShare.value} />
        )}
      </div>
      <div
        class="facts"
        // Beside another there is little room: what is more scrolls, by keys too.
        {...(side && { role: 'group', tabIndex: 0, 'aria-label': `about it: ${side}` })}
      >
        {spot && (
          <Certain certainty={spot.certainty} view={explorer.view.value} origin={spot.origin} />
        )}
        {state.epoch.value !== null && <p class="quiet">{explorer.filming.sentence}</p>}
        {explorer.conditional && <Condition />}
        <ReadsAs />
        {near && <Near />}
        {spot && <Code code={spot.code} />}
      </div>
      <Spoken />
    </section>
  )
}

/** Says what the keys and tools decode; the pointer is seen. */
function Spoken() {
  const explorer = useExplorer()
  const { state, bundle } = explorer
  const [said, setSaid] = useState('')
  const spot = state.spot.value
  const near = state.near.value
  const silent = !spot || !near || state.playing.value || SILENT.includes(spot.origin)
  const [first] = near ? shares(near.indices, bundle.points.labels) : []
  const ended = state.epoch.value === null
  const reading = state.reading.value
  const typical = ended && near ? typicality(near.distances, bundle.space.spacing) : null
  const parts = [
    spot && TITLES[spot.origin],
    !ended && explorer.filming.sentence,
    reading && spokenReading(bundle, reading),
    first && `near ${bundle.className(first.label)}, ${Math.round(100 * first.share)} %`,
    typical !== null && `typical ${Math.round(100 * typical)} %`,
  ]
  const sentence = silent ? '' : parts.filter(Boolean).join('; ')
  useEffect(() => {
    const timer = setTimeout(() => setSaid(sentence), REST_MS)
    return () => clearTimeout(timer)
  }, [sentence])
  return (
    <p class="spoken" aria-live="polite">
      {said}
    </p>
  )
}

/** The stored image under the pointer. */
function Original() {
  const { state, bundle } = useExplorer()
  const spot = state.spot.value
  const followed = spot?.origin === 'film' && spot.index !== undefined ? spot.index : -1
  const index = state.hovered.value < 0 ? followed : state.hovered.value
  if (index < 0 || !bundle.atlas || !bundle.space.decoder) return null
  return (
    <figure class="original">
      <Thumbnail index={index} side={72} title="the image of the point here" />
      <figcaption>{index === followed ? 'the image' : 'the image here'}</figcaption>
    </figure>
  )
}

function Code({ code }: { code: Float32Array }) {
  const most = useContext(SideContext) ? SHOWN_BESIDE : SHOWN_NUMBERS
  const rest = code.length - most
  return (
    <p class="code" title="z, the code that is decoded">
      <span class="term">z</span>
      {[...code.subarray(0, most)].map((value, i) => (
        <span key={i} class="number">
          {signed(value)}
        </span>
      ))}
      {rest > 0 && <span class="quiet">and {rest} more</span>}
    </p>
  )
}

function Near() {
  const explorer = useExplorer()
  const { state, bundle } = explorer
  const near = state.near.value
  if (!near) return null
  // How alone codes lie is known of the end.
  const ended = state.epoch.value === null
  const typical = ended ? typicality(near.distances, bundle.space.spacing) : null
  const found = shares(near.indices, bundle.points.labels).slice(0, 2)
  return (
    <>
      {found.length > 0 && (
        <p title={`classes of the ${near.indices.length} codes nearest to z`}>
          <span class="term">near</span>
          {found
            .map(({ label, share }) => `${bundle.className(label)} (${Math.round(100 * share)} %)`)
            .join(', ')}
        </p>
      )}
      {typical !== null && (
        <p
          title={
            'How typical is this spot? The share of codes whose tenth neighbour is farther away than ' +
            'this spot’s: P(r₁₀(zᵢ) ≥ r₁₀(z)).'
          }
        >
          <span class="term">typical</span>
          <meter min={0} max={1} value={typical} aria-label="how typical this spot is" />
          <span class="number">{Math.round(100 * typical)} %</span>
          {typical < 0.01 && <em> far from any code: a guess</em>}
        </p>
      )}
    </>
  )
}

function Certain({
  certainty,
  view,
  origin,
}: {
  certainty: Certainty
  view: View
  origin: Origin
}) {
  if (origin !== 'pointer' && origin !== 'keys' && origin !== 'earlier') return null
  const sentence = {
    exact: '',
    inverse:
      view.name === 'code'
        ? 'these two dimensions; the others from the nearest code'
        : `back through ${view.title}; what it leaves out from the nearest code`,
    nearest: `${view.title} has no way back: the nearest code`,
  }[certainty]
  return sentence ? (
    <p class="quiet certain" title={sentence}>
      {sentence}
    </p>
  ) : null
}

function Condition() {
  const { actions, state, bundle } = useExplorer()
  return (
    <p>
      <label>
        <span class="term">as</span>
        <select
          value={state.condition.value}
          onChange={(event) => actions.askForClass(Number(event.currentTarget.value))}
        >
          {bundle.space.classes.map((name, label) => (
            <option key={label} value={label}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </p>
  )
}
