/** Images moved: thickened, then scaled and turned about the middle, then shifted. */
import type { ImageShape } from './pixels'

export interface Move {
  /** Degrees, clockwise. */
  readonly turn: number
  /** Pixels. */
  readonly right: number
  /** Pixels. */
  readonly down: number
  /** How many times larger what the image shows gets. */
  readonly scale: number
  /** By how many pixels ink grows on every side; it shrinks where that is less than 0. */
  readonly thicken: number
}

export const STILL: Move = { turn: 0, right: 0, down: 0, scale: 1, thicken: 0 }

export function isStill({ turn, right, down, scale, thicken }: Move): boolean {
  return turn === 0 && right === 0 && down === 0 && scale === 1 && thicken === 0
}

/** A share of a move, from 0 for none of it to 1 for all. */
export function partOf({ turn, right, down, scale, thicken }: Move, share: number): Move {
  return {
    turn: share * turn,
    right: share * right,
    down: share * down,
    scale: scale ** share,
    thicken: share * thicken,
  }
}

/** An image (C × H × W) moved, as `latentscape.latent.moves` moves it. */
export function movedImage(image: Float32Array, shape: ImageShape, move: Move): Float32Array {
  return placed(thickened(image, shape, move.thicken), shape, move)
}

/** Values between pixels are linear, and beyond an edge those at it go on. */
function placed(
  image: Float32Array,
  { channels, height, width }: ImageShape,
  { turn, right, down, scale }: Move,
): Float32Array {
  const angle = (turn * Math.PI) / 180
  const [along, across] = [Math.cos(angle) / scale, Math.sin(angle) / scale]
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
  const out = new Float32Array(image.length)
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [x, y] = [j - middleX - right, i - middleY - down]
      const fromX = within(middleX + along * x + across * y, width)
      const fromY = within(middleY - across * x + along * y, height)
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)]
      const next = left < width - 1 ? 1 : 0
      const below = top < height - 1 ? width : 0
      for (let c = 0; c < channels; c++) {
        const at = (c * height + top) * width + left
        const upper = on(image[at], image[at + next], fromX - left)
        const lower = on(image[at + below], image[at + below + next], fromX - left)
        out[(c * height + i) * width + j] = on(upper, lower, fromY - top)
      }
    }
  }
  return out
}

function within(place: number, size: number): number {
  return Math.max(0, Math.min(size - 1, place))
}

/** From one number towards another by a share. */
function on(first: number, second: number, share: number): number {
  return first + share * (second - first)
}

/**
 * Lets ink grow: every pixel becomes the most of those in a disk round it, or the least where ink is
 * darker than the edge of the image. Between whole radii it is between what those give.
 */
function thickened(image: Float32Array, shape: ImageShape, pixels: number): Float32Array {
  if (pixels === 0) return image
  const grows = pixels > 0 === inkIsLight(image, shape)
  const radius = Math.floor(Math.abs(pixels))
  const share = Math.abs(pixels) - radius
  const less = grown(image, shape, grows ? radius : -radius)
  if (share === 0) return less
  const more = grown(image, shape, grows ? radius + 1 : -radius - 1)
  return less.map((value, i) => on(value, more[i], share))
}

/** By how many pixels an image's light parts have grown, as long as the image is held. */
const known = new WeakMap<Float32Array, Map<number, Float32Array>>()

function grown(image: Float32Array, shape: ImageShape, pixels: number): Float32Array {
  const all = known.get(image) ?? new Map<number, Float32Array>()
  known.set(image, all)
  const found = all.get(pixels) ?? extremes(image, shape, Math.abs(pixels), pixels > 0)
  all.set(pixels, found)
  return found
}

/** Whether an image is darker at its edge than it is on the whole. */
export function inkIsLight(image: Float32Array, { channels, height, width }: ImageShape): boolean {
  let [edge, all, count] = [0, 0, 0]
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const value = image[(c * height + i) * width + j]
        all += value
        if (i > 0 && i < height - 1 && j > 0 && j < width - 1) continue
        edge += value
        count++
      }
    }
  }
  return edge / count <= all / image.length
}

/** The greatest value within a radius of every pixel, or the least. */
function extremes(
  image: Float32Array,
  { channels, height, width }: ImageShape,
  radius: number,
  greatest: boolean,
): Float32Array {
  const out = image.slice()
  const sign = greatest ? 1 : -1
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      if (dx * dx + dy * dy > radius * radius) continue
      for (let row = 0; row < channels * height; row++) {
        const i = row % height
        if (i + dy < 0 || i + dy >= height) continue
        for (let j = Math.max(0, -dx); j < Math.min(width, width - dx); j++) {
          const to = row * width + j
          const value = image[to + dy * width + dx]
          if (sign * (value - out[to]) > 0) out[to] = value
        }
      }
    }
  }
  return out
}
