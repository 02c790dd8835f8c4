/** Draw or drop an image of one's own: it is encoded, lands among the codes, and is reconstructed. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { seeded } from '../space/random'
import { useExplorer } from '../ui/context'
import { Pixels } from '../ui/Images'
import { ReadsBriefly } from '../ui/Reads'
import { prepared } from './prepare'
import { centred, noisy, reduced, toImage } from './strokes'

const PAD = 280

/** How what is drawn becomes what the encoder sees. */
interface Choices {
  readonly centre: boolean
  readonly inverted: boolean
}

export function Draw() {
  const explorer = useExplorer()
  const { actions, image: shape, bundle } = explorer
  const pad = useRef<HTMLCanvasElement>(null)
  const dropped = useRef<HTMLCanvasElement | null>(null)
  const [picture, setPicture] = useState<Float32Array | null>(null)
  const [choices, setChoices] = useState({ centre: shape?.channels === 1, inverted: false })
  const [noise, setNoise] = useState(0)
  const seen = useMemo(() => picture && noisy(picture, noise, seeded(1)), [picture, noise])
  const { code, clean, forget } = useEncoded(seen)

  const read = useCallback(
    ({ centre, inverted }: Choices) => {
      if (!pad.current || !shape) return
      const size = [PAD, PAD] as const
      const drawn =
        dropped.current ??
        (centre ? centred(pad.current, shape) : reduced(pad.current, size, shape))
      const turned = dropped.current !== null && bundle.space.preparation?.invert === true
      setPicture(toImage(drawn, shape, inverted !== turned))
    },
    [shape, bundle],
  )
  const choose = (other: Choices) => {
    setChoices(other)
    if (picture) read(other)
  }
  const take = useCallback(
    async (file: File) => {
      if (!shape) return
      try {
        const bitmap = await createImageBitmap(file)
        dropped.current = prepared(bitmap, shape, bundle.space.preparation)
        read(choices)
      } catch {
        actions.fail(
          'notice',
          `${file.name} is no picture that this browser can read; try a PNG or a JPEG.`,
        )
      }
    },
    [shape, bundle, read, choices, actions],
  )
  const waiting = explorer.state.dropped.value
  useEffect(() => {
    if (!waiting) return
    actions.takeDropped()
    void take(waiting)
  }, [waiting, take, actions])
  const wipe = () => {
    dropped.current = null
    setPicture(null)
    forget()
    pad.current?.getContext('2d')?.clearRect(0, 0, PAD, PAD)
    actions.outlive('draw')
  }
  if (!shape) return null
  return (
    <>
      <Pad
        canvas={pad}
        onStroke={() => {
          dropped.current = null
          read(choices)
        }}
      />
      <div class="toolSide">
        <p class="buttons">
          <button type="button" onClick={wipe}>
            clear
          </button>
          <label class="file">
            open a picture
            <input
              type="file"
              accept="image/*"
              onChange={(event) => {
                const file = event.currentTarget.files?.[0]
                if (file) void take(file)
              }}
            />
          </label>
        </p>
        <p class="buttons">
          <label title="scale and centre by mass, as MNIST was made">
            <input
              type="checkbox"
              checked={choices.centre}
              onChange={() => choose({ ...choices, centre: !choices.centre })}
            />{' '}
            centre
          </label>
          <label title="dark strokes on light paper">
            <input
              type="checkbox"
              checked={choices.inverted}
              onChange={() => choose({ ...choices, inverted: !choices.inverted })}
            />{' '}
            invert
          </label>
        </p>
        {bundle.space.noise !== undefined && (
          <label class="dial">
            <span class="term">noise</span>
            <input
              type="range"
              aria-label="noise"
              min={0}
              max={Math.min(1, 2 * bundle.space.noise)}
              step={0.01}
              value={noise}
              onInput={(event) => setNoise(Number(event.currentTarget.value))}
            />
            <span class="number">{noise.toFixed(2)}</span>
          </label>
        )}
      </div>
      {picture && seen ? (
        <div class="pinImages">
          <figure>
            <Pixels image={seen} side={96} title="what the encoder sees" />
            <figcaption>
              what the encoder sees <ReadsBriefly image={seen} />
            </figcaption>
          </figure>
          <figure>
            <Pixels image={clean} side={96} title="reconstructed" />
            <figcaption>reconstructed</figcaption>
          </figure>
          <button
            type="button"
            onClick={() => {
              if (code) actions.pin({ index: null, code, picture: seen, title: 'your image' })
            }}
          >
            pin
          </button>
        </div>
      ) : (
        <p class="quiet">Draw in the square, or drop a picture anywhere on the page.</p>
      )}
    </>
  )
}

/** The code of an image, which becomes the current spot, and what it decodes to. */
function useEncoded(image: Float32Array | null): {
  code: Float32Array | null
  clean: Float32Array | null
  forget(): void
} {
  const explorer = useExplorer()
  const [code, setCode] = useState<Float32Array | null>(null)
  const [clean, setClean] = useState<Float32Array | null>(null)
  // Answers to what was forgotten meanwhile come too late.
  const turn = useRef(0)
  useEffect(() => {
    const { actions, bundle, label, networks } = explorer
    const mine = turn.current
    const encode = async () => {
      if (!image || !networks) return
      const found = await networks.encode(image, label)
      if (mine !== turn.current) return
      setCode(found)
      actions.go({ code: found, origin: 'draw', certainty: 'exact' })
      if (!bundle.space.decoder) return
      const decoded = await networks.decode(found, label)
      if (mine === turn.current) setClean(decoded)
    }
    encode().catch((error) => actions.fail('notice', error))
  }, [image, explorer])
  const forget = () => {
    turn.current++
    setCode(null)
    setClean(null)
  }
  return { code, clean, forget }
}

function Pad({
  canvas,
  onStroke,
}: {
  canvas: { current: HTMLCanvasElement | null }
  onStroke: () => void
}) {
  const last = useRef<[number, number] | null>(null)
  const spot = (event: PointerEvent): [number, number] => {
    const box = (event.currentTarget as Element).getBoundingClientRect()
    return [
      ((event.clientX - box.left) / box.width) * PAD,
      ((event.clientY - box.top) / box.height) * PAD,
    ]
  }
  const stroke = (event: PointerEvent) => {
    const to = canvas.current?.getContext('2d', { willReadFrequently: true })
    if (!last.current || !to) return
    const [x, y] = spot(event)
    to.strokeStyle = '#fff'
    to.lineWidth = PAD / 12
    to.lineCap = 'round'
    to.beginPath()
    to.moveTo(...last.current)
    to.lineTo(x, y)
    to.stroke()
    last.current = [x, y]
    onStroke()
  }
  return (
    <canvas
      ref={canvas}
      class="pad"
      width={PAD}
      height={PAD}
      role="img"
      aria-label="pad to draw on"
      data-pad
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        last.current = spot(event)
        stroke(event)
      }}
      onPointerMove={stroke}
      onPointerUp={() => (last.current = null)}
      onPointerCancel={() => (last.current = null)}
    />
  )
}
