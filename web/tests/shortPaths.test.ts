import { describe, expect, test, vi } from 'vitest'
import type { Explorer } from '../src/explorer/explorer'
import { distance, shortestWay, straight, undirected } from '../src/space/paths'
import {
  changesAlong,
  type Decode,
  decodedOf,
  type Landmarks,
  shortPath,
  someCodes,
} from '../src/space/shortPaths'
import { seeded } from '../src/space/random'
import { changing, landmarksOf } from '../src/tools/landmarks'

/** A thin wall at x = 0 with a door at y > 1, beside which images change as codes do. */
const walled: Decode = async (codes) => {
  const images = new Float32Array((3 * codes.length) / 2)
  for (let i = 0; i < codes.length / 2; i++) {
    const [x, y] = [codes[2 * i], codes[2 * i + 1]]
    const wall = y > 1 ? 0 : 40 * Math.exp(-((x / 0.1) ** 2))
    images.set([x, y, wall], 3 * i)
  }
  return images
}

async function lengthOf(way: readonly Float32Array[], decode: Decode): Promise<number> {
  let total = 0
  for (let s = 1; s < way.length; s++) {
    const images = await decode(
      Float32Array.from(straight(way[s - 1], way[s], 5).flatMap((c) => [...c])),
    )
    const each = images.length / 5
    const parts = Array.from({ length: 5 }, (_, i) => images.subarray(i * each, (i + 1) * each))
    for (let i = 1; i < 5; i++) total += distance(parts[i - 1], parts[i])
  }
  return total
}

async function decoded(codes: readonly Float32Array[], decode: Decode): Promise<Landmarks> {
  return { codes, images: await decodedOf(codes, decode) }
}

function scattered(count: number): Float32Array[] {
  const random = seeded(3)
  const side = () => (random() < 0.5 ? -1 : 1) * (0.16 + 1.8 * random()) // none within the wall
  return Array.from({ length: count }, () => Float32Array.of(side(), 4 * random() - 2))
}

describe('short paths', () => {
  const [a, b] = [Float32Array.of(-1, 0), Float32Array.of(1, 0)]

  test('go round what changes the image much', async () => {
    const way = await shortPath(a, b, await decoded(scattered(200), walled), walled)
    expect(way[0]).toEqual(a)
    expect(way.at(-1)).toEqual(b)
    expect(Math.max(...way.map(([, y]) => y))).toBeGreaterThan(1)
    const [short, direct] = [await lengthOf(way, walled), await lengthOf([a, b], walled)]
    expect(short).toBeLessThan(0.5 * direct)
  })

  test('are the shortest of all over the graph, though few edges are decoded', async () => {
    const nodes = [a, b, ...straight(a, b, 13).slice(1, -1), ...scattered(80)]
    let asked = 0
    const counted: Decode = (codes) => {
      asked += codes.length / 2
      return walled(codes)
    }
    const way = await shortPath(a, b, await decoded(scattered(80), counted), counted)
    const near = nodes.map((code, i) =>
      [...nodes.keys()]
        .filter((j) => j !== i)
        .sort((p, q) => distance(code, nodes[p]) - distance(code, nodes[q]))
        .slice(0, 10),
    )
    const lengths = new Map<string, number>()
    for (const [i, others] of near.entries()) {
      for (const j of others) {
        const length = await lengthOf([nodes[i], nodes[j]], walled)
        lengths.set(`${i} ${j}`, length)
        lengths.set(`${j} ${i}`, length)
      }
    }
    const edges = undirected(Uint32Array.from(near.flat()), nodes.length, 10)
    const best = shortestWay(0, 1, edges, (i, j) => lengths.get(`${i} ${j}`)!)!
    const expected = await lengthOf(
      best.map((i) => nodes[i]),
      walled,
    )
    expect(await lengthOf(way, walled)).toBeCloseTo(expected, 3)
    expect(asked).toBeLessThan((5 * lengths.size) / 2 / 2)
  })

  test('go round where several decoders differ, though their mean changes evenly', async () => {
    const bump = (x: number, y: number) => 3 * Math.exp(-4 * (x ** 2 + y ** 2))
    const decode: Decode = async (codes) => {
      const images = new Float32Array(2 * codes.length)
      for (let i = 0; i < codes.length / 2; i++) {
        const [x, y] = [codes[2 * i], codes[2 * i + 1]]
        images.set([x, y + bump(x, y), x, y - bump(x, y)], 4 * i)
      }
      return images.map((value) => value / Math.SQRT2)
    }
    const way = await shortPath(a, b, await decoded(scattered(400), decode), decode)
    const straightOne = await lengthOf(straight(a, b, 13), decode)
    expect(straightOne).toBeGreaterThan(1.5 * 2) // of the mean it is 2
    expect(await lengthOf(way, decode)).toBeLessThan(0.8 * straightOne)
    const nearest = Math.min(...way.map(([x, y]) => Math.hypot(x, y)))
    expect(nearest).toBeGreaterThan(0.5)
  })

  test('are straight where images change as codes do', async () => {
    const same: Decode = async (codes) => codes
    const way = await shortPath(a, b, await decoded(scattered(200), same), same)
    const length = way.slice(1).reduce((sum, code, s) => sum + distance(code, way[s]), 0)
    expect(length).toBeCloseTo(2, 5)
  })

  test('are never longer than the straight line, wherever other codes lie', async () => {
    const far = Float32Array.of(500, 500)
    const crowd = scattered(30).map(([x, y]) => Float32Array.of(500 + x, 500 + y))
    const alone = scattered(30).map(([x, y]) => Float32Array.of(x, y))
    for (const [from, to, known] of [
      [Float32Array.of(0, 0), far, [...crowd, ...alone]],
      [a, b, []],
      [Float32Array.of(-1, 1.5), b, scattered(200)],
    ] as const) {
      const way = await shortPath(from, to, await decoded(known, walled), walled)
      const direct = await lengthOf(straight(from, to, 13), walled)
      expect(await lengthOf(way, walled)).toBeLessThanOrEqual(direct * (1 + 1e-6))
    }
  })
})

test('changes along a path are those from each image to the next, few of which are held', async () => {
  const random = seeded(5)
  const path = Array.from({ length: 21 }, () => Float32Array.of(random(), random(), random()))
  let most = 0
  const found = await changesAlong(path, async (codes) => {
    most = Math.max(most, codes.length / 3)
    return codes.map((value) => 2 * value)
  })
  const expected = path.slice(1).map((code, i) => 2 * distance(path[i], code))
  expect(found.length).toBe(20)
  found.forEach((change, i) => expect(change).toBeCloseTo(expected[i], 5))
  expect(most).toBe(8)
  expect(await changesAlong(path.slice(0, 1), async (codes) => codes)).toEqual([])
})

test('half of the landmarks of a plane are the nodes of a grid between the bounds of the others', () => {
  const codes = Float32Array.of(0, 0, 3, 6, 1, 1)
  const found = someCodes(codes, 2, 10)
  expect(found.length).toBe(3 + 4)
  expect(found.slice(3).map((code) => [...code])).toEqual([
    [0, 0],
    [3, 0],
    [0, 6],
    [3, 6],
  ])
  const many = Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i))
  expect(someCodes(many, 2, 400).length).toBe(400)
  expect(someCodes(codes, 3, 9).map((code) => [...code])).toEqual([
    [0, 0, 3],
    [6, 1, 1],
  ])
})

describe('the landmarks of an explorer', () => {
  /** An explorer of images of a size, whose decoder fails while it is told to. */
  function explorerOf(pixels: number) {
    const decode = vi.fn(async (codes: Float32Array, label: number | null) =>
      new Float32Array((codes.length / 3) * pixels).fill(label ?? 0),
    )
    const explorer = {
      label: null as number | null,
      image: { channels: 1, height: 1, width: pixels },
      bundle: {
        points: { size: 3, codes: Float32Array.from({ length: 3000 }, Math.random) },
        space: {} as { ensemble?: { decoders: number } },
      },
      networks: { decodeEach: decode },
    }
    const count = () => decode.mock.calls.reduce((sum, [codes]) => sum + codes.length / 3, 0)
    return { explorer, decode, count, asked: explorer as unknown as Explorer }
  }

  test('are decoded once for each condition', async () => {
    const { explorer, count, asked } = explorerOf(4)
    const found = await Promise.all([landmarksOf(asked), landmarksOf(asked)])
    expect(found[0]).toBe(found[1])
    expect(count()).toBe(found[0].codes.length)
    expect(found[0].codes.length).toBe(400)
    explorer.label = 7
    expect((await landmarksOf(asked)).images.every((image) => image[0] === 7)).toBe(true)
    expect(count()).toBe(800)
    explorer.label = null
    expect((await landmarksOf(asked)).images[0][0]).toBe(0)
    expect(count()).toBe(800)
  })

  test('are fewer where images are large', async () => {
    const { asked } = explorerOf(2 ** 20)
    const { codes, images } = await landmarksOf(asked)
    expect(codes.length).toBe(16)
    expect(images.reduce((sum, image) => sum + image.length, 0)).toBe(2 ** 24)
  })

  test('are as far apart as their images are by each of several decoders, on the average', async () => {
    const { explorer, asked } = explorerOf(2 ** 20)
    explorer.bundle.space.ensemble = { decoders: 4 }
    expect((await landmarksOf(asked)).codes.length).toBe(4) // with four images each
    const each = { decodeEach: async () => Float32Array.of(0, 0, 1, 2, 0, 4, 7, 2) }
    const two = { bundle: { space: { ensemble: { decoders: 2 } } }, label: null, networks: each }
    const images = await changing(two as unknown as Explorer)(Float32Array.of(0, 1))
    const [first, second] = [images.subarray(0, 4), images.subarray(4)]
    // The first decoder's image goes from (0, 0) to (0, 4), the second's from (1, 2) to (7, 2).
    expect(distance(first, second)).toBeCloseTo(Math.sqrt((4 ** 2 + 6 ** 2) / 2), 5)
  })

  test('are asked for again where that failed', async () => {
    const { decode, asked } = explorerOf(4)
    decode.mockRejectedValueOnce(new Error('spoilt'))
    await expect(landmarksOf(asked)).rejects.toThrow('spoilt')
    expect((await landmarksOf(asked)).codes.length).toBe(400)
  })
})
