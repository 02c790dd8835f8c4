/** Plays the training: the curve of its losses is the track. */
import { useEffect, useMemo } from 'preact/hooks'
import type { Film, Losses } from '../bundle/film'
import { playFilm, showEpoch, stepEpoch } from '../explorer/filming'
import { useExplorer } from './context'

/** A loss beyond the usual ones by more than this many times their spread runs off the top. */
const TALL = 3

export function Track({ film }: { film: Film }) {
  const explorer = useExplorer()
  const { actions, filming, state } = explorer
  const { epochs, losses } = film
  const last = losses.validation.length
  const { epoch } = filming
  const playing = state.playing.value
  useEffect(() => playFilm(explorer), [explorer])
  const curves = useMemo(() => curvesOf(losses), [losses])
  const go = (showing: Promise<void>) =>
    void showing.catch((error) => actions.fail('notice', error))
  const scrub = (wanted: number) => {
    actions.play(false)
    go(showEpoch(explorer, nearest(epochs, wanted)))
  }
  return (
    <>
      <div class="steps">
        <button
          type="button"
          class="play"
          aria-label={playing ? 'pause the training' : 'play the training'}
          title={playing ? 'pause' : 'watch the space form, epoch by epoch'}
          onClick={() => actions.play(!playing)}
        >
          <svg class="icon" viewBox="0 0 12 12" aria-hidden="true">
            {playing ? <path d="M3.5 2v8M8.5 2v8" /> : <path d="M3 1.5v9L10.5 6z" />}
          </svg>
        </button>
        <button
          type="button"
          aria-label="an epoch back"
          onClick={() => go(stepEpoch(explorer, -1))}
        >
          ‹
        </button>
        <button type="button" aria-label="an epoch on" onClick={() => go(stepEpoch(explorer, 1))}>
          ›
        </button>
      </div>
      <div
        class="curve"
        title="losses after each epoch: validation, and dashed training; marks: where the decoder was kept"
      >
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
          <path class="training" d={curves.train} />
          <path class="validation" d={curves.validation} data-curve />
          <path class="ticks" d={ticksOf(film)} data-ticks />
          <path class="gone" d={curves.validationUntil(epoch)} />
        </svg>
        <input
          type="range"
          aria-label="epoch of the training"
          aria-valuetext={`epoch ${epoch} of ${last}${written(losses, epoch)}`}
          min={1}
          max={last}
          step={1}
          value={epoch}
          onInput={(event) => scrub(Number(event.currentTarget.value))}
        />
      </div>
      <p class="now">
        <span class="number">
          epoch {epoch}/{last}
          {epoch === film.shown && <span class="quiet"> · kept</span>}
        </span>
        <span class="number quiet" title="nats an image, of the validation images">
          {written(losses, epoch).replace(', validation ', '')}
        </span>
      </p>
    </>
  )
}

function written({ validation }: Losses, epoch: number): string {
  const loss = validation[epoch - 1]
  return Number.isFinite(loss) ? `, validation loss ${loss.toFixed(2).replace('-', '−')}` : ''
}

function nearest(epochs: readonly number[], wanted: number): number {
  return epochs.reduce((a, b) => (Math.abs(b - wanted) < Math.abs(a - wanted) ? b : a))
}

/** A mark below each epoch whose decoder was kept. */
function ticksOf({ decoders, losses }: Film): string {
  const across = Math.max(1, losses.validation.length - 1)
  return [...decoders.keys()].map((epoch) => `M${(epoch - 1) / across} 0.9V1`).join('')
}

/** Both curves as SVG paths in a square of side 1. */
function curvesOf({ train, validation }: Losses) {
  const known = [...validation, ...train].filter(Number.isFinite).sort((a, b) => a - b)
  const at = (share: number) => known[Math.floor(share * (known.length - 1))] ?? 0
  const low = at(0)
  const high = Math.min(at(1), low + TALL * (at(0.75) - low)) || at(1)
  const across = Math.max(1, validation.length - 1)
  const path = (values: Float64Array, until = values.length) =>
    [...values.subarray(0, until)]
      .map((value, i) => [i / across, Math.max(0, (high - value) / (high - low || 1))])
      .filter(([, y]) => Number.isFinite(y))
      .map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(5)} ${(0.06 + 0.88 * y).toFixed(5)}`)
      .join('')
  return {
    train: path(train),
    validation: path(validation),
    validationUntil: (epoch: number) => path(validation, epoch),
  }
}
