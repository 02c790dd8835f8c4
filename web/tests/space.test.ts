import { describe, expect, test } from 'vitest'
import { codeOf, meanOf, meanOfClass, type Points } from '../src/space/points'
import { drawFrom } from '../src/bundle/gaussians'
import { dimension, principal, rangeOf } from '../src/space/directions'
import { density, gaps } from '../src/space/fields'
import { Grid } from '../src/space/grid'
import { nearestPlaces, spreadKept, whatIsKept } from '../src/space/honesty'
import { nearestCodes, shares, typicality } from '../src/space/neighbours'
import { evenly, smoothed, spherical, straight, throughData } from '../src/space/paths'
import { gaussian, seeded } from '../src/space/random'
import { placement } from '../src/tools/prepare'
import { linearView, makeLinear, makeTable, ownDimensions } from '../src/space/views'
import { differences, discoveries, momentsOf, twoSided } from '../src/space/statistics'

const random = seeded(1)

function cloud(count: number, size: number): Points {
  const codes = Float32Array.from({ length: count * size }, () => gaussian(random))
  return { count, size, codes, labels: new Int32Array(count) }
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.hypot(...Array.from(a, (value, i) => value - b[i]))
}

test('means are of the points asked for, and zeros where there are none', () => {
  const codes = Float32Array.of(0, 4, 2, 8, 7, 0)
  const points: Points = { count: 3, size: 2, codes, labels: Int32Array.of(0, 0, 1) }
  expect([...codeOf(points, 1)]).toEqual([2, 8])
  expect([...meanOf(points, [1, 2])]).toEqual([4.5, 4])
  expect([...meanOfClass(points, 0)]).toEqual([1, 6])
  expect([...meanOfClass(points, 5)]).toEqual([0, 0])
})

describe('nearest codes', () => {
  test('are those that a full sort finds', () => {
    const { codes, count, size } = cloud(300, 5)
    const at = Float32Array.from([0.1, 0.2, 0.3, 0.4, 0.5])
    const all = Array.from({ length: count }, (_, i) =>
      distance(codes.subarray(i * size, (i + 1) * size), at),
    )
    const found = nearestCodes(codes, size, at, 7)
    const sorted = [...all].sort((a, b) => a - b).slice(0, 7)
    expect([...found.distances].map((d) => d.toFixed(5))).toEqual(sorted.map((d) => d.toFixed(5)))
    expect([...found.indices].map((i) => all[i].toFixed(5))).toEqual(
      sorted.map((d) => d.toFixed(5)),
    )
  })

  test('are fewer where there are fewer', () => {
    expect(nearestCodes(Float32Array.of(1, 2), 2, Float32Array.of(0, 0), 10).indices).toHaveLength(
      1,
    )
  })

  test('their classes have shares', () => {
    const labels = Int32Array.of(0, 1, 1, -1)
    expect(shares(Uint32Array.of(0, 1, 2, 3), labels)).toEqual([
      { label: 1, share: 0.5 },
      { label: 0, share: 0.25 },
    ])
  })

  test('a spot is typical by how many codes lie more alone', () => {
    const spacing = Array.from({ length: 101 }, (_, i) => i)
    const near = (tenth: number) => new Float32Array(50).fill(tenth)
    expect(typicality(near(0), spacing)).toBe(1)
    expect(typicality(near(50), spacing)).toBeCloseTo(51 / 101)
    expect(typicality(near(200), spacing)).toBe(0)
    expect(typicality(near(1), [])).toBeNull()
  })
})

describe('the grid', () => {
  test('finds what a search of all points finds, within and outside of it', () => {
    const positions = Float32Array.from({ length: 600 }, (_, i) =>
      i % 3 === 2 ? 0 : gaussian(random),
    )
    const grid = new Grid(positions)
    for (let trial = 0; trial < 200; trial++) {
      const at = [4 * gaussian(random), 4 * gaussian(random)]
      let best = Infinity
      for (let i = 0; i < 200; i++) {
        best = Math.min(best, distance([positions[3 * i], positions[3 * i + 1]], at))
      }
      const found = grid.nearest(at[0], at[1])
      expect(distance([positions[3 * found], positions[3 * found + 1]], at)).toBeCloseTo(best, 5)
    }
  })

  test('keeps to its reach and to what is wanted', () => {
    const grid = new Grid(Float32Array.of(0, 0, 0, 1, 0, 0))
    expect(grid.nearest(0.1, 0)).toBe(0)
    expect(grid.nearest(0.1, 0, Infinity, (i) => i === 1)).toBe(1)
    expect(grid.nearest(5, 5, 1)).toBe(-1)
  })

  test('takes one point, and equal points', () => {
    expect(new Grid(Float32Array.of(2, 2, 0)).nearest(0, 0)).toBe(0)
    expect(new Grid(new Float32Array(30)).nearest(0, 0)).toBeGreaterThanOrEqual(0)
  })
})

describe('views', () => {
  const about = { name: 'code', title: 'code', note: '', axes: ['1', '2', '3'] }

  test('two numbers are exact both ways', () => {
    const points = cloud(100, 2)
    const view = makeLinear(about, ownDimensions(2), [0, 1], points)
    const { code, certainty } = view.codeAt(0.3, -0.2)
    expect(certainty).toBe('exact')
    const [x, y] = view.place(code) as number[]
    expect(x).toBeCloseTo(0.3, 4)
    expect(y).toBeCloseTo(-0.2, 4)
  })

  test('the shown numbers are exact and the rest comes from the nearest code', () => {
    const points = cloud(100, 3)
    const view = makeLinear(about, ownDimensions(3), [2, 0], points)
    const { code, certainty } = view.codeAt(0.1, 0.1)
    expect(certainty).toBe('inverse')
    const near = view.grid.nearest(0.1, 0.1)
    expect(code[1]).toBe(points.codes[3 * near + 1])
    expect((view.place(code) as number[])[0]).toBeCloseTo(0.1, 4)
  })

  test('at the place of a stored code an inverse gives that very code', () => {
    const points = cloud(80, 4)
    const c = Math.SQRT1_2
    const linear = linearView({
      name: 'pca',
      title: 'PCA',
      note: '',
      mean: [1, 0, 0, 0],
      forward: [
        [c, 0],
        [c, 0],
        [0, 1],
        [0, 0],
      ],
      inverse: [
        [c, c, 0, 0],
        [0, 0, 1, 0],
      ],
    })
    const view = makeLinear({ ...about, name: 'pca' }, linear, [0, 1], points)
    for (const i of [0, 17, 79]) {
      const { code } = view.codeAt(view.positions[3 * i], view.positions[3 * i + 1])
      expect(distance(code, points.codes.subarray(4 * i, 4 * i + 4))).toBeLessThan(1e-4)
    }
  })

  test('a table leads to the nearest code', () => {
    const points = cloud(3, 2)
    const table = Float32Array.of(0, 0, 10, 0, 0, 10)
    const view = makeTable(
      { name: 't', title: 'T', note: '', file: '', dimensions: 2 },
      table,
      [0, 1],
      points,
    )
    const { code, certainty } = view.codeAt(view.positions[3], view.positions[4])
    expect(certainty).toBe('nearest')
    expect([...code]).toEqual([...points.codes.subarray(2, 4)])
    expect(view.place(code)).toBeNull()
  })

  test('one number and one point have a view', () => {
    const view = makeLinear(about, ownDimensions(1), [0], { ...cloud(20, 1) })
    expect(view.codeAt(0.5, 0.9).code).toHaveLength(1)
    const lone = makeLinear(about, ownDimensions(2), [0, 1], cloud(1, 2))
    expect([...lone.positions].every(Number.isFinite)).toBe(true)
  })
})

describe('paths', () => {
  const a = Float32Array.of(2, 0)
  const b = Float32Array.of(0, 1)

  test('straight ones are even and keep their ends', () => {
    const path = straight(a, b, 5)
    expect([...path[0]]).toEqual([2, 0])
    expect([...path[2]]).toEqual([1, 0.5])
    expect([...path[4]]).toEqual([0, 1])
  })

  test('spherical ones turn evenly and change length evenly', () => {
    const path = spherical(a, b, 3)
    expect(Math.hypot(...path[1])).toBeCloseTo(1.5)
    expect(Math.atan2(path[1][1], path[1][0])).toBeCloseTo(Math.PI / 4)
    expect(distance(path[2], b)).toBeLessThan(1e-6)
  })

  test('spherical ones of equal direction, or from nothing, are straight', () => {
    expect([...spherical(a, Float32Array.of(4, 0), 3)[1]]).toEqual([3, 0])
    expect([...spherical(Float32Array.of(0, 0), b, 3)[1]]).toEqual([0, 0.5])
  })

  test('along the data they go round a gap', () => {
    const angles = Array.from({ length: 40 }, (_, i) => (i / 39) * Math.PI)
    const codes = Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]))
    const neighbours = Uint32Array.from(
      angles.flatMap((_, i) => [Math.max(0, i - 1), Math.min(39, i + 1)]),
    )
    const way = throughData(0, 39, codes, 2, neighbours, 2)
    expect(way).toEqual(Array.from({ length: 40 }, (_, i) => i))
  })

  test('between islands there is none', () => {
    const neighbours = Uint32Array.of(1, 0, 3, 2)
    expect(throughData(0, 3, Float32Array.of(0, 1, 8, 9), 1, neighbours, 1)).toBeNull()
  })

  test('even steps follow a polyline', () => {
    const line = [Float32Array.of(0), Float32Array.of(1), Float32Array.of(10)]
    expect(evenly(line, 6).map((code) => code[0])).toEqual([0, 2, 4, 6, 8, 10])
    expect(evenly([Float32Array.of(3)], 2).map((code) => code[0])).toEqual([3, 3])
  })

  test('smoothing keeps the ends', () => {
    const line = [0, 4, 0, 4].map((value) => Float32Array.of(value))
    const smooth = smoothed(line, 1).map((code) => code[0])
    expect(smooth).toEqual([0, 2, 2, 4])
  })
})

describe('directions', () => {
  test('moving along one leaves the others alone', () => {
    const moved = dimension(1).moved(Float32Array.of(1, 2, 3), 9)
    expect([...moved]).toEqual([1, 9, 3])
    const c = Math.SQRT1_2
    const view = {
      name: '',
      title: '',
      note: '',
      mean: [0, 0],
      forward: [
        [c, -c],
        [c, c],
      ],
      inverse: [
        [c, c],
        [-c, c],
      ],
    }
    const [first, second] = [principal(view, 0), principal(view, 1)]
    const code = first.moved(Float32Array.of(1, 2), 5)
    expect(first.measure(code)).toBeCloseTo(5, 5)
    expect(second.measure(code)).toBeCloseTo(second.measure([1, 2]), 5)
  })

  test('a range holds nearly all codes', () => {
    const codes = Float32Array.from({ length: 1001 }, (_, i) => i)
    const { low, high, histogram } = rangeOf(dimension(0), {
      codes,
      count: 1001,
      size: 1,
      labels: new Int32Array(),
    })
    expect([low, high]).toEqual([5, 995])
    expect(Math.min(...histogram)).toBeGreaterThan(0.9)
  })
})

describe('fields', () => {
  const positions = Float32Array.from({ length: 900 }, (_, i) =>
    i % 3 === 2 ? 0 : 0.1 * gaussian(random),
  )

  test('density is high where codes are, gaps where none are', () => {
    const [dense, empty] = [density(positions).values, gaps(positions, 1).values]
    const middle = 128 * 256 + 128
    expect(dense[middle]).toBeGreaterThan(0.5)
    expect(dense[0]).toBe(0)
    expect(empty[0]).toBe(1)
    expect(empty[middle]).toBeLessThan(0.1)
  })

  test('gaps are distances', () => {
    const one = gaps(Float32Array.of(0, 0, 0), 1).values
    const cells = (column: number, row: number) => one[row * 256 + column] * (256 / 6)
    expect(cells(128 + 3, 128 + 4)).toBeCloseTo(5, 3)
    expect(cells(128 - 12, 128 + 5)).toBeCloseTo(13, 3)
  })
})

test('draws follow their normal distribution', () => {
  const mean = Float32Array.of(1, -1)
  const factor = Float32Array.of(2, 0, 1, 0.5)
  const draws = Array.from({ length: 20000 }, () => drawFrom({ mean, factor }, random))
  const average = (f: (code: Float32Array) => number) =>
    draws.reduce((sum, code) => sum + f(code), 0) / draws.length
  expect(average((z) => z[0])).toBeCloseTo(1, 1)
  expect(average((z) => (z[0] - 1) ** 2)).toBeCloseTo(4, 0)
  expect(average((z) => (z[0] - 1) * (z[1] + 1))).toBeCloseTo(2, 0)
  expect(drawFrom({ mean, factor: Float32Array.of(0, 0) }, random)).toEqual(mean)
})

describe('a dropped picture', () => {
  const wide = { width: 6, height: 4 }

  test('is cut in the middle as training cut its own', () => {
    expect(placement(wide, { width: 32, height: 32 }, 'crop').taken).toEqual({
      left: 1,
      top: 0,
      width: 4,
      height: 4,
    })
    expect(placement(wide, { width: 10, height: 20 }, 'crop').taken).toEqual({
      left: 2,
      top: 0,
      width: 2,
      height: 4,
    })
  })

  test('is padded or stretched where training did so', () => {
    const to = { width: 30, height: 30 }
    expect(placement(wide, to, 'pad').placed).toEqual({ left: 0, top: 5, width: 30, height: 20 })
    expect(placement(wide, to, 'stretch')).toEqual({
      taken: { left: 0, top: 0, ...wide },
      placed: { left: 0, top: 0, ...to },
    })
  })
})

describe('what differs between two groups', () => {
  // By scipy.stats: 2 * t.sf(|t|, freedom).
  test.each([
    [0, 3, 1],
    [1.5, 2.2, 0.26142420542870903],
    [-2.5, 11, 0.029506374087364163],
    [4, 700.5, 7.007796445479328e-5],
    [40, 30, 1.3726045194406417e-27],
    [0.1, 1, 0.936548965138893],
  ])('Student’s t of %f with %f degrees of freedom', (t, freedom, p) => {
    expect(twoSided(t, freedom) / p).toBeCloseTo(1, 8)
  })

  test('is Welch’s test, wherever the codes lie', () => {
    const codes = Float32Array.from(
      [
        [100001, 1],
        [100003, 2],
        [100002, 5],
        [100007, 9],
        [100004, 0],
        [100008, 4],
        [100000, 1],
      ].flat(),
    )
    const points: Points = { count: 7, size: 2, codes, labels: new Int32Array(7) }
    const groups = [
      [0, 2, 4],
      [1, 3, 5, 6],
    ] as const
    const [first, second] = groups.map((rows) => momentsOf(points, rows))
    expect(first.mean[0]).toBeCloseTo(100002 + 1 / 3, 8)
    // By scipy.stats.ttest_ind(equal_var=False), and by numpy.
    const expected = [
      [-2.16666667, -0.76603235, 0.34716041],
      [-2, -0.6377928, 0.43280156],
    ]
    differences(first, second).forEach(({ step, effect, p }, j) => {
      expect(step).toBeCloseTo(expected[j][0], 6)
      expect(effect).toBeCloseTo(expected[j][1], 6)
      expect(p).toBeCloseTo(expected[j][2], 6)
    })
  })

  test('keeps the discoveries of Benjamini and Hochberg, the strongest first', () => {
    const of = (...all: number[]) =>
      all.map((p, j) => ({ dimension: j, p, step: 1 - p, effect: 1 - p }))
    const names = (all: readonly { dimension: number }[]) => all.map((one) => one.dimension)
    // By scipy.stats.false_discovery_control: 0.81, 0.031, 1, 1, 1.5e-6, 0.062.
    const found = discoveries(of(0.537287, 0.010432, 0.997619, 0.984648, 2.4468e-7, 0.031164))
    expect(names(found)).toEqual([4, 1])
    expect(names(discoveries(of(0.04, 0.045, 0.05)))).toEqual([0, 1, 2])
    expect(discoveries(of(0.06, 0.2))).toEqual([])
  })
})

describe('what a view keeps', () => {
  const points = cloud(200, 4)
  const places = Float32Array.from({ length: 600 }, (_, n) => {
    const [i, a] = [Math.floor(n / 3), n % 3]
    return a < 2 ? 3 * points.codes[4 * i + a] + 7 : 0
  })

  /** The k nearest of each, by a full sort. */
  function sorted(values: Float32Array, each: number, used: number, k: number): Uint32Array {
    const row = (i: number) => values.subarray(i * each, i * each + used)
    const count = values.length / each
    return Uint32Array.from(
      Array.from({ length: count }, (_, i) =>
        [...Array(count).keys()]
          .filter((j) => j !== i)
          .sort((a, b) => distance(row(i), row(a)) - distance(row(i), row(b)))
          .slice(0, k),
      ).flat(),
    )
  }

  test('places nearest to one are those of a full sort, in a plane and in space', () => {
    const solid = places.map((value, n) =>
      n % 3 < 2 ? value : points.codes[4 * Math.floor(n / 3)],
    )
    for (const some of [places, solid]) {
      const expected = sorted(some, 3, 3, 7)
      for (const row of [0, 5, 199]) {
        expect(nearestPlaces(some, row, 7)).toEqual([...expected.subarray(7 * row, 7 * row + 7)])
      }
    }
  })

  test('the spread is that of the numbers shown, however they are turned and scaled', () => {
    const variance = (j: number) => {
      const values = Array.from({ length: 200 }, (_, i) => points.codes[4 * i + j])
      const mean = values.reduce((sum, value) => sum + value) / 200
      return values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    }
    const all = [0, 1, 2, 3].map(variance).reduce((sum, value) => sum + value)
    const least = (variance(0) + variance(1)) / all
    const told = spreadKept(points, places)
    expect(told).toBeGreaterThanOrEqual(least - 1e-6) // the others lean on them a little
    expect(told).toBeLessThan(least + 0.03)
    const turned = places.slice()
    for (let i = 0; i < 200; i++) {
      turned[3 * i] = places[3 * i] + 2 * places[3 * i + 1]
      turned[3 * i + 1] = places[3 * i] - places[3 * i + 1]
    }
    expect(spreadKept(points, turned)).toBeCloseTo(told, 5)
    expect(spreadKept(points, new Float32Array(600))).toBe(0)
  })

  test('neighbours kept are those of both full sorts', async () => {
    const [k, count] = [10, 200]
    const [own, shown] = [sorted(points.codes, 4, 4, k), sorted(places, 3, 2, k)]
    let common = 0
    for (let n = 0; n < count * k; n++) {
      const from = k * Math.floor(n / k)
      if (shown.subarray(from, from + k).includes(own[n])) common++
    }
    const found = await whatIsKept(points, own, k, places, () => false)
    expect(found?.neighbours).toBeCloseTo(common / (count * k), 9)
    expect(found?.asked).toBe(200)
  })
})
