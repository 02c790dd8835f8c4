/** Pinned images: the original, its reconstruction, its neighbours, one row each to compare. */
import { useEffect, useState } from 'preact/hooks'
import { colourOf, outlineOf, SHAPES, shapeOf } from '../images/palette'
import { isMovable } from '../explorer/movable'
import type { Pin } from '../explorer/state'
import { STILL } from '../images/moves'
import { useExplorer } from './context'
import { Decoding, Pixels, Thumbnail } from './Images'

const NEIGHBOURS = 5

export function Pins() {
  const { actions, state } = useExplorer()
  const pins = state.pins.value
  return (
    <div class="pins">
      {pins.length === 0 ? (
        <p class="quiet">Click a point to keep it here with its reconstruction and neighbours.</p>
      ) : (
        <ol>
          {pins.map((pin) => (
            <PinRow key={pin.key} pin={pin} />
          ))}
        </ol>
      )}
      {pins.length > 1 && (
        <button type="button" class="minor" onClick={() => actions.clearPins()}>
          clear all
        </button>
      )}
    </div>
  )
}

function PinRow({ pin }: { pin: Pin }) {
  const explorer = useExplorer()
  const { actions, bundle } = explorer
  const { id, neighbours } = useDetails(pin)
  const label = pin.index === null ? null : bundle.points.labels[pin.index]
  const title = id ? `${pin.title} · ${id}` : pin.title
  return (
    <li class="pin" data-pin={pin.key}>
      <p class="pinTitle">
        <span class="badge">{pin.key}</span>
        {label !== null && (
          <span
            class={`dot ${outlineOf(label)}`}
            aria-hidden="true"
            style={{ color: colourOf(label) }}
          >
            {SHAPES[shapeOf(label)]}
          </span>
        )}
        <span class="name" title={title}>
          {title}
        </span>
        {isMovable(explorer, pin) && (
          <button
            type="button"
            class="minor"
            aria-label={`move the image of pin ${pin.key}`}
            title="turn, shift, scale or thicken it, and watch its code walk"
            onClick={() => {
              actions.moveImage(pin.key, STILL)
              actions.openTool('move')
            }}
          >
            move
          </button>
        )}
        <button
          type="button"
          class="minor"
          aria-label={`go to pin ${pin.key}`}
          title="decode it as the current spot"
          onClick={() => actions.go({ code: pin.code, origin: 'pin', certainty: 'exact' })}
        >
          go
        </button>
        <button
          type="button"
          class="minor"
          aria-label={`remove pin ${pin.key}`}
          title="remove"
          onClick={() => actions.unpin(pin.key)}
        >
          ×
        </button>
      </p>
      <div class="pinImages">
        {pin.index !== null && (
          <figure>
            <Thumbnail index={pin.index} side={56} title="original" />
            <figcaption>original</figcaption>
          </figure>
        )}
        {pin.picture && (
          <figure>
            <Pixels image={pin.picture} side={56} title="yours" />
            <figcaption>yours</figcaption>
          </figure>
        )}
        {bundle.space.decoder && (
          <figure>
            <Decoding code={pin.code} side={56} title="decoded" />
            <figcaption>decoded</figcaption>
          </figure>
        )}
        {neighbours.length > 0 && bundle.atlas && (
          <figure>
            <div class="neighbours">
              {neighbours.map((index) => (
                <button
                  key={index}
                  type="button"
                  class="plain"
                  title={`pin neighbour: ${bundle.className(bundle.points.labels[index])}`}
                  aria-label={`pin neighbour ${index}`}
                  onClick={() => actions.pinPoint(index)}
                >
                  <Thumbnail index={index} side={26} title={`neighbour ${index}`} />
                </button>
              ))}
            </div>
            <figcaption title={pin.index === null ? '' : bundle.space.neighbours?.note}>
              neighbours
            </figcaption>
          </figure>
        )}
      </div>
    </li>
  )
}

/** The id and the neighbours of a pin: stored ones, or those found for a code of one's own. */
function useDetails({ index, code }: Pin): { id: string; neighbours: number[] } {
  const explorer = useExplorer()
  const [details, setDetails] = useState<{ id: string; neighbours: number[] }>({
    id: '',
    neighbours: [],
  })
  useEffect(() => {
    let wanted = true
    const find = async () => {
      if (index === null) {
        const { indices } = await explorer.finder.near(code, NEIGHBOURS)
        return { id: '', neighbours: [...indices] }
      }
      const { ids, neighbours, k } = await explorer.bundle.details()
      const from = index * k
      return {
        id: ids.at(index),
        neighbours: [...neighbours.subarray(from, from + Math.min(k, NEIGHBOURS))],
      }
    }
    find().then(
      (found) => wanted && setDetails(found),
      (error) => explorer.actions.fail('notice', error),
    )
    return () => {
      wanted = false
    }
  }, [index, code, explorer])
  return details
}
