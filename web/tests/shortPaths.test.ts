import { describe, expect, test } from 'vitest'
import { distance, shortestWay, straight, undirected } from '../src/space/paths'
import { changesOf, type Decode, landmarks, shortPath } from '../src/space/shortPaths'
import { seeded } from '../src/space/random'

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
    total += changesOf(parts).reduce((sum, change) => sum + change, 0)
  }
  return total
}

function scattered(count: number): Float32Array[] {
  const random = seeded(3)
  const side = () => (random() < 0.5 ? -1 : 1) * (0.16 + 1.8 * random()) // none within the wall
  return Array.from({ length: count }, () => Float32Array.of(side(), 4 * random() - 2))
}

describe('short paths', () => {
  const [a, b] = [Float32Array.of(-1, 0), Float32Array.of(1, 0)]

  test('go round what changes the image much', async () => {
    const way = await shortPath(a, b, scattered(200), walled)
    expect(way[0]).toEqual(a)
    expect(way.at(-1)).toEqual(b)
    expect(Math.max(...way.map(([, y]) => y))).toBeGreaterThan(1)
    const [short, direct] = [await lengthOf(way, walled), await lengthOf([a, b], walled)]
    expect(short).toBeLessThan(0.5 * direct)
  })

  test('are the shortest of all over the graph, though few edges are decoded', async () => {
    const nodes = [a, b, ...straight(a, b, 13).slice(1, -1), ...scattered(80)]
    let decoded = 0
    const counted: Decode = (codes) => {
      decoded += codes.length / 2
      return walled(codes)
    }
    const way = await shortPath(a, b, scattered(80), counted)
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
    expect(decoded).toBeLessThan((5 * lengths.size) / 2 / 2)
  })

  test('are straight where images change as codes do', async () => {
    const way = await shortPath(a, b, scattered(200), async (codes) => codes)
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
      const way = await shortPath(from, to, known, walled)
      const direct = await lengthOf(straight(from, to, 13), walled)
      expect(await lengthOf(way, walled)).toBeLessThanOrEqual(direct * (1 + 1e-6))
    }
  })
})

test('landmarks of a plane have the nodes of a grid between its bounds', () => {
  const codes = Float32Array.of(0, 0, 3, 6, 1, 1)
  const found = landmarks(codes, 2, 2)
  expect(found.length).toBe(2 + 256)
  expect([...found[2]]).toEqual([0, 0])
  expect([...found.at(-1)!]).toEqual([3, 6])
  expect(landmarks(codes, 3, 9).map((code) => [...code])).toEqual([
    [0, 0, 3],
    [6, 1, 1],
  ])
})
