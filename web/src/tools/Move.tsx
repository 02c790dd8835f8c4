/** A pinned image turned, shifted, scaled or thickened, while its code walks through the space. */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import type { Explorer } from '../explorer/explorer'
import { isMovable } from '../explorer/movable'
import type { Pin } from '../explorer/state'
import { isStill, type Move as Moved, movedImage, partOf, STILL } from '../images/moves'
import { useExplorer } from '../ui/context'
import { Pixels } from '../ui/Images'
import { ReadsBriefly } from '../ui/Reads'
import { Dials } from './Dials'
import { Far } from './Far'
import { doubtOf, imageOf } from './pinnedImage'
import { usePlayback } from './playback'
import { type Step, Walk } from './walk'

const SIDE = 88

export function Move() {
  const explorer = useExplorer()
  const pins = explorer.state.pins.value.filter((pin) => isMovable(explorer, pin))
  const moving = explorer.state.moving.value
  const chosen = pins.find(({ key }) => key === moving?.pin)
  const pin = chosen ?? pins[0]
  if (!pin) {
    return (
      <p class="quiet">
        Pin an image: press its point, or draw one. Here it is turned, shifted, scaled and
        thickened, and the plot shows where its code walks.
      </p>
    )
  }
  return <MovedPin pin={pin} pins={pins} move={chosen && moving ? moving.move : STILL} />
}

interface Parts {
  readonly pin: Pin
  readonly pins: readonly Pin[]
  readonly move: Moved
}

function MovedPin({ pin, pins, move }: Parts) {
  const explorer = useExplorer()
  const { actions, image: shape } = explorer
  const image = useImage(pin)
  const steps = useWalk(image, move)
  const { share, playing, play } = usePlayback(useCallback(() => undefined, []))
  const shown = steps && stepAt(steps, playing ? share : 1)
  const code = shown?.code
  const seen = useMemo(
    () =>
      image && shape && movedImage(image, shape, partOf(move, playing && shown ? shown.share : 1)),
    [image, shape, move, playing, shown],
  )

  useEffect(() => {
    if (code) actions.go({ code, origin: 'move', certainty: 'exact' })
  }, [code, actions])
  useEffect(() => {
    const walk = steps && steps.length > 1 ? steps : null
    actions.mark(walk && { kind: 'walk', codes: walk.map((step) => step.code) })
    return () => actions.mark(null)
  }, [steps, actions])

  if (!image || !shape) return null
  const still = isStill(move)
  const doubt = doubtOf(explorer, pin)
  const choose = (to: Moved) => {
    play(false)
    actions.moveImage(pin.key, to)
  }
  return (
    <>
      <p class="buttons moving">
        <select
          aria-label="image that is moved"
          value={pin.key}
          onChange={(event) => actions.moveImage(Number(event.currentTarget.value), move)}
        >
          {pins.map(({ key, title }) => (
            <option key={key} value={key}>
              pin {key} · {title}
            </option>
          ))}
        </select>
        <button
          type="button"
          aria-pressed={playing}
          disabled={still}
          onClick={() => play(!playing)}
        >
          {playing ? 'pause' : 'play'}
        </button>
        <button type="button" disabled={still} onClick={() => choose(STILL)}>
          reset
        </button>
        <button
          type="button"
          disabled={still || !code}
          title="keep the moved image among the pins"
          onClick={() =>
            code && actions.pin({ index: null, code, picture: seen, title: `${pin.title}, moved` })
          }
        >
          pin
        </button>
      </p>
      <div class="pinImages">
        <figure>
          <Pixels image={image} side={SIDE} title="the image" />
          <figcaption>the image</figcaption>
        </figure>
        <figure>
          <Pixels image={seen} side={SIDE} title="the image, moved" />
          <figcaption>
            moved <ReadsBriefly image={seen} />
          </figcaption>
        </figure>
        {steps && shown && <Far steps={steps} shown={shown} />}
      </div>
      <Dials shape={shape} move={move} onMove={choose} />
      {doubt && <p class="quiet">{doubt}</p>}
    </>
  )
}

/** The last step that is done after a share of the way. */
function stepAt(steps: readonly Step[], share: number): Step {
  return steps.findLast((step) => step.share <= share) ?? steps[0]
}

/** The image of a pin, once it is there; a conditional model is asked for its class. */
function useImage(pin: Pin): Float32Array | null {
  const explorer = useExplorer()
  const [found, setFound] = useState<{ pin: Pin; image: Float32Array } | null>(null)
  useEffect(() => {
    let wanted = true
    askForClassOf(explorer, pin)
    imageOf(explorer, pin).then(
      (image) => wanted && setFound({ pin, image }),
      (error) => explorer.actions.fail('notice', error),
    )
    return () => {
      wanted = false
    }
  }, [pin, explorer])
  return found?.pin === pin ? found.image : null
}

function askForClassOf({ actions, bundle, conditional }: Explorer, { index }: Pin): void {
  const label = index === null ? -1 : bundle.points.labels[index]
  if (conditional && label >= 0) actions.askForClass(label)
}

/** The steps of an image's way, as far as they are known; those of the last move until then. */
function useWalk(image: Float32Array | null, move: Moved): readonly Step[] | null {
  const explorer = useExplorer()
  const { actions, image: shape, label, networks } = explorer
  const [found, setFound] = useState<{ image: Float32Array; steps: readonly Step[] } | null>(null)
  const walk = useMemo(
    () => networks && shape && new Walk(shape, (seen) => networks.encode(seen, label)),
    [networks, shape, label],
  )
  useEffect(() => () => walk?.stop(), [walk])
  useEffect(() => {
    if (!walk || !image) return
    walk.follow({
      image,
      move,
      told: (steps) => setFound({ image, steps }),
      failed: (error) => actions.fail('notice', error),
    })
  }, [walk, image, move, actions])
  return found && found.image === image ? found.steps : null
}
