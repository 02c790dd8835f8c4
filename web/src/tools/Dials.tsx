/** How an image is moved: a slider for each way. */
import type { Move } from '../images/moves'
import type { ImageShape } from '../images/pixels'

interface Dial {
  readonly part: keyof Move
  readonly name: string
  readonly title: string
  readonly most: number
  readonly step: number
  /** As it stands beside the slider. */
  written(value: number): string
  /** As it is read aloud. */
  spoken(value: number): string
}

/** The slider of the scale is even in factors. */
const LARGEST = 1

export function Dials({
  shape,
  move,
  onMove,
}: {
  shape: ImageShape
  move: Move
  onMove: (move: Move) => void
}) {
  return (
    <div class="dials">
      {dialsOf(shape).map((dial) => {
        const { part, most, name, step, title } = dial
        const scales = part === 'scale'
        return (
          <label key={part} class="dial" title={title}>
            <span class="term">{name}</span>
            <input
              type="range"
              aria-label={name}
              aria-valuetext={dial.spoken(move[part])}
              min={-most}
              max={most}
              step={step}
              value={scales ? Math.log2(move.scale) : move[part]}
              onInput={(event) => {
                const value = Number(event.currentTarget.value)
                onMove({ ...move, [part]: scales ? 2 ** value : value })
              }}
            />
            <span class="number">{dial.written(move[part])}</span>
          </label>
        )
      })}
    </div>
  )
}

function dialsOf({ height, width }: ImageShape): readonly Dial[] {
  return [
    {
      part: 'turn',
      name: 'turn',
      title: 'about the middle of the image',
      most: 180,
      step: 1,
      written: (value) => `${['↺ ', '', '↻ '][1 + Math.sign(value)]}${Math.abs(value)}°`,
      spoken: (value) =>
        `${Math.abs(value)} degrees ${either(value, 'anticlockwise', 'clockwise')}`,
    },
    {
      part: 'right',
      name: 'sideways',
      title: 'what is at the edge goes on beyond it',
      most: Math.floor(width / 2),
      step: 1,
      written: (value) => `${['← ', '', '→ '][1 + Math.sign(value)]}${Math.abs(value)} px`,
      spoken: (value) => `${Math.abs(value)} pixels ${either(value, 'left', 'right')}`,
    },
    {
      part: 'down',
      name: 'up, down',
      title: 'what is at the edge goes on beyond it',
      most: Math.floor(height / 2),
      step: 1,
      written: (value) => `${['↑ ', '', '↓ '][1 + Math.sign(value)]}${Math.abs(value)} px`,
      spoken: (value) => `${Math.abs(value)} pixels ${either(value, 'up', 'down')}`,
    },
    {
      part: 'scale',
      name: 'scale',
      title: 'about the middle of the image',
      most: LARGEST,
      step: 0.02,
      written: (value) => `${Math.round(100 * value)} %`,
      spoken: (value) => `${Math.round(100 * value)} percent`,
    },
    {
      part: 'thicken',
      name: 'thicken',
      title:
        'each pixel takes on what differs most from the edge of the image within so many pixels',
      most: 3,
      step: 0.5,
      written: (value) => `${['−', '', '+'][1 + Math.sign(value)]}${Math.abs(value)} px`,
      spoken: (value) => `${Math.abs(value)} pixels ${either(value, 'thinner', 'thicker')}`,
    },
  ]
}

function either(value: number, less: string, more: string): string {
  return value === 0 ? '' : value < 0 ? less : more
}
