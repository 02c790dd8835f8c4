import { describe, expect, test, vi } from 'vitest'
import { inkIsLight, type Move, movedImage, partOf, STILL } from '../src/images/moves'
import type { ImageShape } from '../src/images/pixels'
import { distanceBetween } from '../src/space/apart'
import { distance } from '../src/space/paths'
import { seeded } from '../src/space/random'
import { type Step, Walk } from '../src/tools/walk'

const SHAPE: ImageShape = { channels: 2, height: 4, width: 5 }

/** Numbers that are all different, and darker at the edge. */
function imageOf({ channels, height, width }: ImageShape): Float32Array {
  const random = seeded(3)
  return Float32Array.from({ length: channels * height * width }, (_, n) => {
    const [i, j] = [Math.floor(n / width) % height, n % width]
    const inside = i > 0 && j > 0 && i < height - 1 && j < width - 1
    return (inside ? 0.5 : 0) + 0.4 * random()
  })
}

function rows(image: Float32Array, { channels, height, width }: ImageShape): number[][][] {
  const row = (c: number, i: number) => [
    ...image.subarray((c * height + i) * width, (c * height + i + 1) * width),
  ]
  return Array.from({ length: channels }, (_, c) =>
    Array.from({ length: height }, (__, i) => row(c, i)),
  )
}

function flat(planes: readonly (readonly (readonly number[])[])[]): Float32Array {
  return Float32Array.from(planes.flat(2))
}

const move = (changes: Partial<Move>): Move => ({ ...STILL, ...changes })

describe('a moved image', () => {
  const image = imageOf(SHAPE)

  test('that is not moved is the same', () => {
    expect(movedImage(image, SHAPE, STILL)).toEqual(image)
  })

  test.each([
    [90, (plane: number[][]) => plane[0].map((_, j) => plane.map((row) => row[j]).toReversed())],
    [-90, (plane: number[][]) => plane[0].map((_, j) => plane.map((row) => row[j])).toReversed()],
    [180, (plane: number[][]) => plane.toReversed().map((row) => row.toReversed())],
  ])('is exact by %s°, clockwise', (turn, turned) => {
    const square = { ...SHAPE, width: 4 }
    const whole = imageOf(square)
    expect(movedImage(whole, square, move({ turn }))).toEqual(flat(rows(whole, square).map(turned)))
  })

  test('is shifted by whole pixels exactly, and its edge goes on', () => {
    const right = rows(image, SHAPE).map((plane) =>
      plane.map((row) => [row[0], row[0], ...row.slice(0, -2)]),
    )
    expect(movedImage(image, SHAPE, move({ right: 2 }))).toEqual(flat(right))
    const up = rows(image, SHAPE).map((plane) => [...plane.slice(1), plane[3]])
    expect(movedImage(image, SHAPE, move({ down: -1 }))).toEqual(flat(up))
  })

  test('between pixels is linear', () => {
    const half = movedImage(image, SHAPE, move({ right: 0.25 }))
    expect(half[2]).toBeCloseTo(0.75 * image[2] + 0.25 * image[1], 6)
  })

  test('twice as large is a ramp stretched about its middle', () => {
    const line = { channels: 1, height: 1, width: 5 }
    const ramp = Float32Array.from([0, 1, 2, 3, 4])
    expect([...movedImage(ramp, line, move({ scale: 2 }))]).toEqual([1, 1.5, 2, 2.5, 3])
    expect([...movedImage(ramp, line, move({ scale: 0.5 }))]).toEqual([0, 0, 2, 4, 4])
  })
})

describe('ink', () => {
  const one = { channels: 1, height: 5, width: 5 }
  const dot = Float32Array.from({ length: 25 }, (_, n) => (n === 12 ? 1 : 0))
  const plus = '00000 00100 01110 00100 00000'
  const disk = '00100 01110 11111 01110 00100'
  const drawn = (image: Float32Array) =>
    Array.from({ length: 5 }, (_, i) => [...image.subarray(5 * i, 5 * i + 5)].join('')).join(' ')

  test('grows into a disk, whether it is light or dark', () => {
    expect(drawn(movedImage(dot, one, move({ thicken: 1 })))).toBe(plus)
    expect(drawn(movedImage(dot, one, move({ thicken: 2 })))).toBe(disk)
    const dark = dot.map((value) => 1 - value)
    expect([inkIsLight(dot, one), inkIsLight(dark, one)]).toEqual([true, false])
    const grown = movedImage(dark, one, move({ thicken: 1 })).map((value) => 1 - value)
    expect(drawn(grown)).toBe(plus)
  })

  test('grows in each channel by itself', () => {
    const [last, first] = [dot.map((_, n) => (n === 22 ? 1 : 0)), dot]
    const both = Float32Array.from([...last, ...first])
    const grown = movedImage(both, { ...one, channels: 2 }, move({ thicken: 1 }))
    expect(drawn(grown.slice(25))).toBe(plus)
    expect(drawn(grown.slice(0, 25))).toBe('00000 00000 00000 00100 01110')
  })

  test('shrinks back, and by half a pixel is half way', () => {
    const grown = movedImage(dot, one, move({ thicken: 2 }))
    expect(drawn(movedImage(grown, one, move({ thicken: -1 })))).toBe(plus)
    expect(drawn(movedImage(dot, one, move({ thicken: 0.5 })))).toBe(
      plus.replaceAll('1', '0.5').replace('0.50.50.5', '0.510.5'),
    )
  })
})

test('a share of a move goes from none to all, and scales by even factors', () => {
  const all: Move = { turn: 30, right: 4, down: -2, scale: 4, thicken: 1 }
  expect(partOf(all, 0)).toEqual({ ...STILL, down: -0 })
  expect(partOf(all, 1)).toEqual(all)
  expect(partOf(all, 0.5)).toEqual({ turn: 15, right: 2, down: -1, scale: 2, thicken: 0.5 })
})

test('what two images are apart is the root mean square over all pairs', () => {
  const random = seeded(5)
  const codes = Float32Array.from({ length: 60 }, () => random() - 7)
  const points = { count: 20, size: 3, codes, labels: new Int32Array(20) }
  const code = (i: number) => codes.slice(3 * i, 3 * i + 3)
  let sum = 0
  for (let i = 0; i < 20; i++) for (let j = 0; j < 20; j++) sum += distance(code(i), code(j)) ** 2
  expect(distanceBetween(points)).toBeCloseTo(Math.sqrt(sum / (20 * 19)), 5)
  const half = codes.filter((_, n) => Math.floor(n / 3) % 2 === 0)
  expect(distanceBetween(points, 30)).toBeCloseTo(
    distanceBetween({ ...points, count: 10, codes: half }),
    6,
  )
})

describe('a walk', () => {
  const one = { channels: 1, height: 1, width: 3 }
  const image = Float32Array.from([0, 1, 0])

  /** An encoder that answers when it is told to. */
  function slow() {
    const asked: { image: Float32Array; answer(): void }[] = []
    const encode = (seen: Float32Array) =>
      new Promise<Float32Array>((done) => asked.push({ image: seen, answer: () => done(seen) }))
    const answer = async () => {
      asked.at(-1)?.answer()
      for (let i = 0; i < 5; i++) await Promise.resolve()
    }
    return { asked, walk: new Walk(one, encode), answer }
  }

  test('is encoded from its end, and then ever finer', async () => {
    const { walk, answer, asked } = slow()
    const told: (readonly Step[])[] = []
    walk.follow({ image, move: move({ right: 1 }), told: (s) => told.push(s), failed: vi.fn() })
    for (let i = 0; i < 40; i++) await answer()
    expect(told.slice(0, 3).map((steps) => steps.map(({ share }) => share))).toEqual([
      [0, 1],
      [0, 0.5, 1],
      [0, 0.25, 0.5, 1],
    ])
    const last = told.at(-1) ?? []
    expect(last.map(({ share }) => share)).toEqual(Array.from({ length: 33 }, (_, i) => i / 32))
    for (const { share, code } of last) {
      expect(code).toEqual(movedImage(image, one, move({ right: share })))
    }
    expect(asked.length).toBe(33)
  })

  test('of a hundred moves the last alone is encoded, and no other is told', async () => {
    const { walk, answer, asked } = slow()
    const told: (readonly Step[])[] = []
    const failed = vi.fn()
    for (let i = 1; i <= 100; i++) {
      const follow = (steps: readonly Step[]) => told.push(i === 100 ? steps : [])
      walk.follow({ image, move: move({ turn: i }), told: follow, failed })
    }
    expect(asked.length).toBe(1)
    await answer()
    walk.follow({ image, move: move({ right: 1 }), told: (s) => told.push(s), failed })
    await answer()
    await answer()
    expect(asked.length).toBe(4)
    expect(told.every((steps) => steps.length > 1)).toBe(true)
    expect(told[0][1].code).toEqual(Float32Array.from([0, 0, 1]))
    walk.stop()
    await answer()
    await answer()
    expect(asked.length).toBe(4)
    expect(told.length).toBe(1)
  })

  test('that fails says so once, and the next one goes on', async () => {
    let works = false
    const encode = (seen: Float32Array) =>
      works ? Promise.resolve(seen) : Promise.reject(new Error('no'))
    const walk = new Walk(one, encode)
    const failed = vi.fn()
    const told = vi.fn()
    walk.follow({ image, move: move({ right: 1 }), told, failed })
    await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(1))
    works = true
    walk.follow({ image, move: STILL, told, failed })
    await vi.waitFor(() => expect(told).toHaveBeenCalledWith([{ share: 0, code: image }]))
    expect(failed).toHaveBeenCalledTimes(1)
  })
})
