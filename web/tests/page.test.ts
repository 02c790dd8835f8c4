import { describe, expect, test, vi } from 'vitest'
import { isolated } from '../src/bundle/names'
import { pointsWithin } from '../src/bundle/arriving'
import { parseSpace, whole } from '../src/bundle/space'
import { fromLink, type Place, toLink } from '../src/explorer/link'
import { DecodingQueue } from '../src/networks/queue'
import { COLOURS, colourOf, NEUTRAL, rgb, shapeOf } from '../src/images/palette'
import { PointBudget } from '../src/plot/budget'
import { HOME, matrix, projected, toPlace, toScreen, zoomedAt } from '../src/space/camera'
import { arithmeticOf } from '../src/tools/ends'
import { shareAt, timeAt } from '../src/tools/playback'
import { signed } from '../src/ui/numbers'
import {
  fixedSizeList,
  float32,
  int32,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  utf8,
} from '@uwdata/flechette'
import { Ids } from '../src/bundle/ids'
import { seeded } from '../src/space/random'
import { boxOf, enclosed } from '../src/plot/outline'
import { levelFor, placesOf, tilesWithin, tileWidth } from '../src/plot/tiles'

const bytes = (value: unknown) =>
  new TextEncoder().encode(JSON.stringify(value)).buffer as ArrayBuffer
const space = {
  format: 'latentscape-bundle',
  version: 1,
  name: 'x',
  code: { size: 2 },
  points: { count: 1, file: 'points.arrow', details: 'details.arrow' },
  classes: [],
  views: [],
  files: { 'points.arrow': { bytes: 3 } },
}

describe('points on their way', () => {
  const [count, size] = [40, 3]
  const codes = Array.from({ length: count }, (_, i) => [i + 1, -i, i / 7].map(Math.fround))
  const table = tableFromArrays(
    { label: codes.map((_, i) => i + 5), code: codes },
    { types: { label: int32(), code: fixedSizeList(float32(), size) } },
  )
  const file = tableToIPC(table, { format: 'file' }) as Uint8Array<ArrayBuffer>
  const about = { ...space, code: { size }, points: { count, file: 'p', details: 'd' } }
  const known = parseSpace(bytes(about))

  test('are those that are there, wherever the file is cut', () => {
    let most = 0
    for (let seen = 0; seen <= file.length; seen++) {
      const cut = new Uint8Array(file.length)
      cut.set(file.subarray(0, seen))
      const points = pointsWithin(known, cut, seen, 5)
      const found = points?.count ?? 0
      expect(found === 0 || found >= 5).toBe(true)
      most = Math.max(most, found)
      if (!points) continue
      expect([...points.labels]).toEqual(codes.slice(0, found).map((_, i) => i + 5))
      expect([...points.codes]).toEqual(codes.slice(0, found).flat())
    }
    expect(most).toBe(count)
  })

  test('are none where codes have another length', () => {
    const other = parseSpace(bytes({ ...about, code: { size: 4 } }))
    expect(pointsWithin(other, file.slice(), file.length, 5)).toBeNull()
  })
})

describe('space.json', () => {
  test('of this version is read', () => {
    expect(parseSpace(bytes(space))).toMatchObject({
      name: 'x',
      columns: [],
      overlays: [],
      spacing: [],
    })
  })

  test.each([
    [{ ...space, version: 3 }, /version 3/],
    [{ ...space, format: 'y' }, /does not belong/],
    [{ ...space, points: undefined }, /no points/],
    [null, /does not belong/],
  ])('of another kind is refused with a sentence', (value, sentence) => {
    expect(() => parseSpace(bytes(value))).toThrow(sentence)
  })

  test('that is damaged is refused', () => {
    expect(() => parseSpace(new TextEncoder().encode('{"format"').buffer as ArrayBuffer)).toThrow(
      /damaged/,
    )
  })

  test('tells a broken copy by its length', () => {
    const known = parseSpace(bytes(space))
    expect(whole(known, 'points.arrow', new ArrayBuffer(3)).byteLength).toBe(3)
    expect(() => whole(known, 'points.arrow', new ArrayBuffer(2))).toThrow(/2 of 3 bytes/)
    expect(whole(known, 'unlisted', new ArrayBuffer(9)).byteLength).toBe(9)
  })
})

describe('links', () => {
  const place: Place = {
    view: 'lda',
    axes: [2, 0],
    solid: true,
    camera: { x: 0.5, y: -1, zoom: 3, yaw: 0.1, pitch: -0.2 },
    look: 'map',
    field: 'gaps',
    loupe: true,
    colour: 'split',
    filters: [
      ['', { only: false, labels: new Set([3, -1]) }],
      ['who, ~made & it', { only: true, labels: new Set([12]) }],
      ['day', { within: [-86400000, 1706745600000], missing: false }],
      ['weight', { within: [-1.5, 2e-7], missing: true }],
      ['loss', { within: null, missing: true }],
    ],
    pins: [17, { title: 'mine, ~1 & 2', code: [0.5, -0.25] }, 2],
    selection: [0, 5, 40, 1797],
    condition: 7,
    code: [0.25, -1.5],
    tool: 'move',
    moved: [17, { turn: -35.5, right: 2, down: -1, scale: 1.2, thicken: 0.5 }],
    epoch: 12,
  }

  test('restore what they were made of', () => {
    expect(fromLink(toLink(place))).toEqual({ place, damaged: [] })
  })

  test.each([
    '',
    '#',
    '#view',
    '#camera=1,2',
    '#axes=a,b&filter=a~1,b~not.x,~only.-1,c~3_1,~&tool=bomb&look=no',
    '#camera=0,0,-1,0,0',
    '#camera=0,0,1e9,0,0',
    '#pins=~%E0%A4%A~1&selection=!',
    '#moved=3,1,1,1,1',
    '#moved=3,1,1,1,4,0',
    '#moved=-3,1,1,1,1,0',
    '#moved=3,1,1,1,1,x',
  ])('that make no sense (%s) give the default', (link) => {
    expect(fromLink(link).place).toMatchObject({
      axes: [],
      camera: HOME,
      look: 'points',
      filters: [],
      tool: null,
      moved: null,
    })
  })
})

test('a link says which of its parts make no sense', () => {
  const link = '#view=lda&camera=0,0,1e9,0,0&pins=3,x&selection=1.!&tool=path'
  const { place, damaged } = fromLink(link)
  expect(damaged.toSorted()).toEqual(['camera', 'pins', 'selection'])
  expect([place.view, place.tool]).toEqual(['lda', 'path'])
})

describe('the decoding queue', () => {
  const code = (value: number, count = 1) => new Float32Array(count).fill(value)
  const settled = () => new Promise((done) => setTimeout(done, 5))

  function queueOf(log: string[], now?: () => number) {
    const run = async (codes: Float32Array, count: number) => {
      log.push(`${codes[0]}×${count}`)
      await Promise.resolve()
      return codes.slice()
    }
    return new DecodingQueue(run, 1, now)
  }
  const job = (
    codes: Float32Array,
    done: (images: Float32Array) => void = () => undefined,
    stale?: () => boolean,
  ) => ({
    codes,
    count: codes.length,
    label: null,
    file: 'decoder.onnx',
    done,
    failed: () => undefined,
    ...(stale ? { stale } : {}),
  })

  test('serves the pointer first, and only its newest wish', async () => {
    const log: string[] = []
    const queue = queueOf(log)
    queue.add(job(code(1)))
    queue.add(job(code(2)))
    queue.first(job(code(8)))
    queue.first(job(code(9)))
    await settled()
    expect(log).toEqual(['1×1', '9×1', '2×1'])
  })

  test('cuts long work into chunks and joins the results', async () => {
    const log: string[] = []
    let time = 0
    const queue = queueOf(log, () => (time += 0.05))
    const images = await new Promise<Float32Array>((done) =>
      queue.add(
        job(
          Float32Array.from({ length: 100 }, (_, i) => i),
          done,
        ),
      ),
    )
    expect([...images]).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(log.length).toBeGreaterThan(6)
    expect(log.every((entry) => Number(entry.split('×')[1]) <= 16)).toBe(true)
    expect(log.some((entry) => entry.endsWith('×16'))).toBe(true)
  })

  test('keeps to single images where they are slow', async () => {
    const log: string[] = []
    let time = 0
    const queue = queueOf(log, () => (time += 50))
    await new Promise((done) => queue.add(job(code(1, 5), done)))
    expect(log).toEqual(Array(5).fill('1×1'))
  })

  test('drops what is no longer wanted', async () => {
    const log: string[] = []
    const queue = queueOf(log)
    queue.add(job(code(1)))
    queue.add(job(code(2), undefined, () => true))
    queue.add(job(code(3)))
    await settled()
    expect(log).toEqual(['1×1', '3×1'])
  })

  test('goes on after a failure, and says it', async () => {
    let calls = 0
    const queue = new DecodingQueue(async (codes) => {
      if (calls++ === 0) throw new Error('no')
      return codes
    }, 1)
    const errors: string[] = []
    queue.add({ ...job(code(1)), failed: (error) => errors.push(error.message) })
    const image = await new Promise<Float32Array>((done) => queue.add(job(code(2), done)))
    expect(errors).toEqual(['no'])
    expect(image[0]).toBe(2)
  })
})

describe('the camera', () => {
  const screen = { width: 800, height: 600 }
  const camera = { ...HOME, x: 0.2, y: -0.3, zoom: 2.5 }

  test('leads there and back', () => {
    const [x, y] = toPlace(camera, screen, ...toScreen(camera, screen, 0.7, 0.1))
    expect([x, y]).toEqual([expect.closeTo(0.7), expect.closeTo(0.1)])
  })

  test('its matrix says the same', () => {
    const [x, y] = projected(matrix(camera, screen, 0), screen, 0.7, 0.1, 0)
    const [ex, ey] = toScreen(camera, screen, 0.7, 0.1)
    expect([x, y]).toEqual([expect.closeTo(ex, 3), expect.closeTo(ey, 3)])
  })

  test('zooming keeps what is under the pointer', () => {
    const before = toPlace(camera, screen, 123, 456)
    const after = toPlace(zoomedAt(camera, screen, 123, 456, 3), screen, 123, 456)
    expect(after).toEqual([expect.closeTo(before[0]), expect.closeTo(before[1])])
  })

  test('solid, it keeps shapes and shows nearer things larger', () => {
    const turned = matrix({ ...HOME, yaw: 0, pitch: 0 }, screen, 1)
    const width = (z: number) =>
      projected(turned, screen, 0.1, 0, z)[0] - projected(turned, screen, -0.1, 0, z)[0]
    expect(width(1)).toBeGreaterThan(width(0))
    expect(width(0)).toBeGreaterThan(width(-1))
    const [x, y] = projected(matrix({ ...HOME, yaw: 1, pitch: 0.5 }, screen, 1), screen, 0, 0, 0)
    expect([x, y]).toEqual([400, 300])
  })
})

describe('tiles of the map', () => {
  test('cover a rectangle once, nearest to its middle first', () => {
    const tiles = tilesWithin(1, -2, -1, 2, 1)
    expect(tiles).toHaveLength(8)
    expect(Math.abs(tiles[0].column + 0.5)).toBe(0.5)
    expect(new Set(tiles.map(({ column, row }) => `${column} ${row}`)).size).toBe(8)
  })

  test('their images lie evenly within', () => {
    const places = placesOf({ level: 1, column: 0, row: 0 }, 4)
    expect(places).toHaveLength(16)
    expect(places[0]).toEqual([0.125, 0.875])
    expect(places[15]).toEqual([0.875, 0.125])
  })

  test('finer levels are asked for as one zooms', () => {
    const cut = { across: 4, pixels: 44 }
    expect(levelFor(400, cut)).toBeLessThan(levelFor(800, cut))
    expect(tileWidth(3)).toBe(tileWidth(2) / 2)
  })
})

describe('outlines', () => {
  test('enclose what is within, also where they are hollow', () => {
    const hook = [
      [0, 0],
      [4, 0],
      [4, 4],
      [3, 4],
      [3, 1],
      [1, 1],
      [1, 4],
      [0, 4],
    ] as const
    expect(enclosed(hook)(0.5, 3)).toBe(true)
    expect(enclosed(hook)(2, 3)).toBe(false)
    expect(enclosed(hook)(3.5, 2)).toBe(true)
    expect(enclosed(hook)(5, 2)).toBe(false)
  })

  test('every spot is where the even-odd rule of all edges has it, on corners and between them', () => {
    const random = seeded(3)
    for (let n = 0; n < 20; n++) {
      const outline = Array.from({ length: 3 + n }, (): [number, number] => [
        Math.floor(12 * random()),
        n % 2 ? Math.floor(12 * random()) : 12 * random(),
      ])
      const isWithin = enclosed(outline)
      for (let x = -0.5; x < 13; x += 0.25) {
        for (let y = -1; y < 14; y += 0.25) expect(isWithin(x, y)).toBe(evenOdd(outline, x, y))
      }
    }
  })

  test('a flat outline holds nothing', () => {
    const flat = enclosed([
      [0, 1],
      [4, 1],
      [8, 1],
    ])
    expect(flat(2, 1)).toBe(false)
  })

  test('a box takes two corners', () => {
    const box = boxOf([
      [4, 5],
      [9, 9],
      [1, 2],
    ])
    expect(enclosed(box)(2, 3)).toBe(true)
    expect(enclosed(box)(8, 8)).toBe(false)
  })
})

/** Crossings of a ray to the right, of every edge. */
function evenOdd(outline: readonly (readonly [number, number])[], x: number, y: number): boolean {
  const crossed = outline.filter(([xi, yi], i) => {
    const [xj, yj] = outline[(i + outline.length - 1) % outline.length]
    return yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi
  })
  return crossed.length % 2 === 1
}

describe('names of points', () => {
  const names = ['Ab', 'b1', '', 'B', 'aB10', '1']
  const idsOf = (given: string[]) => {
    const packed = tableToIPC(tableFromArrays({ id: given }, { types: { id: utf8() } }), {})
    return new Ids(tableFromIPC(packed as Uint8Array).getChild('id') ?? undefined, given.length)
  }
  const holding = (given: string[], text: string) =>
    given.flatMap((name, row) => (name.toLowerCase().includes(text.toLowerCase()) ? [row] : []))

  test.each([[names], [['ŽB1', '日本b', ...names]]])('hold a text within one of them', (given) => {
    for (const text of ['b', 'B1', 'ab', 'bb', '1', '10', 'ba', 'žb', '本', 'bab']) {
      expect(idsOf(given).holding(text, 24)).toEqual(holding(given, text))
    }
    expect(idsOf(given).holding('b', 2)).toEqual([0, 1])
    expect(idsOf(given).holding('', 24)).toEqual([])
  })

  test('without a column they are numbers', () => {
    expect(new Ids(undefined, 30).holding('2', 5)).toEqual([2, 12, 20, 21, 22])
  })
})

describe('the budget of points', () => {
  test('colours that change once are drawn in full, those that a hand goes on changing when it rests', () => {
    let time = 0
    const budget = new PointBudget(
      500_000,
      () => undefined,
      () => time,
    )
    budget.recolour()
    expect(budget.take()).toBe(500_000)
    time += 600
    budget.recolour()
    expect(budget.take()).toBeLessThan(50_000)
    time += 200
    expect(budget.take()).toBe(500_000)
    time += 1000
    budget.recolour()
    expect(budget.take()).toBe(500_000)
  })

  /** A machine that draws so many points in a millisecond, and a hand that drags for a while. */
  function drag(count: number, perMs: number, ms: number) {
    let time = 0
    const budget = new PointBudget(
      count,
      () => undefined,
      () => time,
    )
    const drawn: number[] = []
    while (time < ms) {
      budget.move()
      const points = budget.take()
      drawn.push(points)
      const frame = Math.max(16, points / perMs)
      time += frame
      budget.learn(frame)
    }
    return { budget, drawn, wait: (more: number) => (time += more) }
  }

  test('a drag of 500,000 points stays fluent where all of them take half a second', () => {
    const { drawn } = drag(500_000, 1000, 5000)
    expect(drawn.length).toBeGreaterThan(5 * 20)
    expect(Math.max(...drawn)).toBeLessThan(50_000)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(3000)
  })

  test('slow frames are no rest, and all points are drawn at rest', () => {
    const { budget, drawn, wait } = drag(500_000, 10, 5000)
    expect(Math.max(...drawn)).toBeLessThanOrEqual(20_000)
    expect(budget.resting).toBe(true) // the last of them took 300 ms
    budget.move()
    expect(budget.take()).toBe(3000)
    wait(60)
    expect(budget.take()).toBe(3000)
    wait(70)
    expect(budget.take()).toBe(500_000)
  })

  test('is soon whole where frames are quick', () => {
    const { drawn } = drag(70_000, 1e6, 300)
    expect(drawn[0]).toBe(20_000)
    expect(drawn.at(-1)).toBe(70_000)
    expect(drag(10, 1, 50).drawn[0]).toBe(10)
  })

  test('asks to be drawn whole a moment after the last move', () => {
    vi.useFakeTimers()
    const again = vi.fn<() => void>()
    const budget = new PointBudget(500_000, again)
    budget.move()
    vi.advanceTimersByTime(100)
    budget.move()
    vi.advanceTimersByTime(100)
    expect(again).not.toHaveBeenCalled()
    vi.advanceTimersByTime(50)
    expect(again).toHaveBeenCalledTimes(1)
    vi.useRealTimers()
  })
})

describe('numbers', () => {
  test.each([
    [-0.004, '\u20070.00'],
    [-0, '\u20070.00'],
    [-0.006, '−0.01'],
    [1.5, '\u20071.50'],
    [-1234.4, '−1234'],
    [1.0000000150474662e30, '\u20071.0×10³⁰'],
    [-2.5e21, '−2.5×10²¹'],
    [-1e6, '−1.0×10⁶'],
  ])('%f is written as people write it', (value, text) => {
    expect(signed(value)).toBe(text)
  })
})

test('names from right to left are isolated from what stands beside them, others left alone', () => {
  expect(isolated('كلب')).toBe('\u2068كلب\u2069')
  expect(isolated('חתול 3')).toBe('\u2068חתול 3\u2069')
  expect(isolated('犬 dog 3')).toBe('犬 dog 3')
})

describe('playing along a path', () => {
  test('goes there and back, slow at both ends', () => {
    expect(shareAt(0)).toBe(0)
    expect(shareAt(2000)).toBeCloseTo(0.5)
    expect(shareAt(4000)).toBeCloseTo(1)
    expect(shareAt(8000)).toBeCloseTo(0)
    expect(shareAt(100)).toBeLessThan(0.01)
  })

  test.each([0, 0.2, 0.5, 0.9, 1])('begins where it stands, at %f', (share) => {
    expect(shareAt(timeAt(share))).toBeCloseTo(share)
  })
})

describe('arithmetic begins with something to see', () => {
  const ends = (...values: string[]) => values.map((value) => ({ value, title: value }))
  test.each([
    [ends('class:0', 'class:1', 'class:2'), ['class:0', 'class:1', 'class:2']],
    [ends('pin:1', 'class:0', 'class:1'), ['pin:1', 'class:0', 'class:1']],
    [ends('typical:0', 'class:0', 'class:1'), ['typical:0', 'class:0', 'class:1']],
    [ends('class:0', 'class:1'), ['class:0', 'class:1', 'class:0']],
  ])('%o', (given, [start, less, more]) => {
    expect(arithmeticOf(given)).toEqual({ start, less, more })
  })
})

test('classes beyond ten repeat colours in another shape', () => {
  expect(COLOURS).toHaveLength(10)
  expect(colourOf(13)).toBe(colourOf(3))
  expect(shapeOf(13)).not.toBe(shapeOf(3))
  expect(colourOf(-1)).toBe(NEUTRAL)
  expect(rgb('#3f90da')).toEqual([63, 144, 218])
})
