import { beforeEach, describe, expect, test } from 'vitest'
import type { Column } from '../src/bundle/columns'
import { Bundle } from '../src/bundle/open'
import type { Host } from '../src/bundle/source'
import { parseSpace } from '../src/bundle/space'
import { Explorer } from '../src/explorer/explorer'
import { alone, inOther, switched } from '../src/explorer/filters'
import { countsOf } from '../src/explorer/legend'
import { restore } from '../src/explorer/restore'
import { Pointing } from '../src/plot/pointing'
import { matrix, projected, type Screen } from '../src/space/camera'

const SCREEN: Screen = { width: 448, height: 448 }

class SilentWorker {
  postMessage(): void {}
}

/** Four points of three classes; the third has a name and no point, the last point no label. */
function explorerOf(size: number): Explorer {
  const description = {
    format: 'latentscape-bundle',
    version: 1,
    name: 'x',
    code: { size },
    points: { count: 4, file: 'points.arrow', details: 'details.arrow' },
    classes: ['cat', 'كلب', 'cow'],
    views: [],
    files: {},
  }
  const space = parseSpace(new TextEncoder().encode(JSON.stringify(description)).buffer)
  const places = [
    [-1, -1, -1],
    [1, -1, 1],
    [1, 1, -1],
    [-1, 1, 1],
  ]
  const codes = Float32Array.from(places.flatMap((place) => place.slice(0, size)))
  const labels = Int32Array.from([0, 1, 1, -1])
  const none = () => Promise.reject(new Error('no files here'))
  const source = { bytes: none, stream: none }
  const host = {
    source,
    wasm: () => Promise.resolve(''),
    networksWorker: () => new SilentWorker(),
    neighboursWorker: () => new SilentWorker(),
  } as unknown as Host
  return new Explorer(new Bundle(source, space, { count: 4, size, codes, labels }), host, null)
}

function pointingAt(explorer: Explorer): Pointing {
  const { state } = explorer
  return new Pointing(explorer, {
    screen: SCREEN,
    matrix: () => matrix(state.camera.value, SCREEN, state.solid.value ? 1 : 0),
    visible: () => true,
    showOutline: () => undefined,
  })
}

let explorer: Explorer
beforeEach(() => {
  explorer = explorerOf(2)
})

describe('the pointer', () => {
  // 200 pixels for one unit of place: the first point is drawn at (24, 424).
  test.each([false, true])('pins what its ring announced and nothing else (touch: %s)', (touch) => {
    const pointing = pointingAt(explorer)
    for (let away = 0; away < 40; away += 3) {
      explorer.actions.clearPins()
      pointing.over(24 + away, 424, touch)
      const announced = explorer.state.hovered.value
      expect(announced).toBe(away < (touch ? 26 : 14) ? 0 : -1)
      pointing.tapped(24 + away, 424, touch)
      expect(explorer.state.pins.value[0].index ?? -1).toBe(announced)
    }
  })

  test('in empty space of a solid view, nothing is under it', async () => {
    explorer = explorerOf(3)
    await explorer.look('code', true)
    const pointing = pointingAt(explorer)
    pointing.over(224, 224, false)
    expect(explorer.state.spot.value).toBe(null)
    const [x, y, z] = explorer.view.value.positions
    const there = matrix(explorer.state.camera.value, SCREEN, 1)
    pointing.over(...projected(there, SCREEN, x, y, z), false)
    expect(explorer.state.hovered.value).toBe(0)
    const { code } = explorer.state.spot.value!
    expect(explorer.state.spot.value!.origin).toBe('pointer')
    pointing.over(224, 224, false)
    expect(explorer.state.hovered.value).toBe(-1)
    expect(explorer.state.spot.value).toMatchObject({ code, origin: 'earlier' })
  })

  test('that leaves takes its title along, and no other', () => {
    const pointing = pointingAt(explorer)
    pointing.over(100, 100, false)
    expect(explorer.state.spot.value?.origin).toBe('pointer')
    pointing.left()
    expect(explorer.state.spot.value?.origin).toBe('earlier')
    explorer.goToPlace(0, 0, 'keys')
    pointing.left()
    expect(explorer.state.spot.value?.origin).toBe('keys')
  })
})

describe('actions', () => {
  test('a closed tool takes its marks and its title along; the code stays', () => {
    const { actions, state } = explorer
    const code = Float32Array.of(1, 2)
    actions.openTool('path')
    actions.mark({ kind: 'path', codes: [code] })
    actions.go({ code, origin: 'path', certainty: 'exact' })
    actions.toggleTool('sliders')
    expect(state.tool.value).toBe('sliders')
    expect(state.marks.value).toBe(null)
    expect(state.spot.value).toMatchObject({ code, origin: 'earlier' })
    actions.toggleTool('sliders')
    expect(state.tool.value).toBe(null)
  })

  test('a class alone hides the others, and again shows all', () => {
    const { actions, bundle, columns, state } = explorer
    const lets = () => [0, 1, 2, 3].map((index) => columns.lets(index))
    const filter = () => state.filters.value.get('')
    expect(bundle.labels).toEqual([0, 1, -1])
    actions.filter('', alone(filter(), 1))
    expect(lets()).toEqual([false, true, true, false])
    actions.filter('', alone(filter(), 1))
    expect(state.filters.value.size).toBe(0)
    for (const label of [0, -1]) actions.filter('', switched(bundle.classes, filter(), label))
    expect(lets()).toEqual([false, true, true, false])
    for (const label of [0, -1]) actions.filter('', switched(bundle.classes, filter(), label))
    expect(state.filters.value.size).toBe(0)
  })

  test('a point is pinned once, by the name of its class', () => {
    const { actions, state } = explorer
    actions.pinPoint(1)
    actions.pinPoint(1)
    actions.pinCode(Float32Array.of(0, 0))
    expect(state.pins.value.map(({ key, title }) => [key, title])).toEqual([
      [2, 'a spot'],
      [1, '\u2068كلب\u2069'],
    ])
  })

  test('a selection counts its classes, unlabelled first', () => {
    const { actions, bundle, columns } = explorer
    const counts = () => [...countsOf(bundle.classes, columns.besides.value)]
    expect(counts()).toEqual([1, 1, 2, 0])
    actions.select([2, 3])
    expect(counts()).toEqual([1, 0, 1, 0])
    actions.stepBack()
    expect(counts()).toEqual([1, 1, 2, 0])
    // What the classes themselves keep out is counted, so that it can be had again.
    actions.filter('', alone(undefined, 0))
    expect(counts()).toEqual([1, 1, 2, 0])
  })
})

describe('a link in the open page', () => {
  test('replaces points that are pinned, and keeps what people made', async () => {
    const { actions, columns, state } = explorer
    actions.pinPoint(0)
    actions.pinCode(Float32Array.of(0, 0), 'your image')
    actions.filter('', alone(undefined, 1))
    await restore(explorer, '#view=code&axes=1,0&look=map&pins=2&filter=~not.0&code=0.5,0.25')
    expect(state.shown.value).toEqual([1, 0])
    expect(state.look.value).toBe('map')
    expect(columns.lets(0)).toBe(false)
    expect(columns.lets(1)).toBe(true)
    expect(state.pins.value.map(({ index }) => index)).toEqual([2, null])
    expect([...state.spot.value!.code]).toEqual([0.5, 0.25])
  })
})

describe('a filter in another bundle', () => {
  const named = (names: string[]): Column => ({
    ...{ name: 'kind', note: '', missing: 0, present: [], without: 'no value' },
    labels: new Int32Array(0),
    names,
  })
  const filter = (only: boolean, ...labels: number[]) => ({ only, labels: new Set(labels) })

  test('means the categories of the same names', () => {
    const [own, there] = [named(['cat', 'dog', 'owl']), named(['ant', 'owl', 'cat'])]
    expect(inOther(filter(true, 0, 2), own, there)).toEqual(filter(true, 2, 1))
    expect(inOther(filter(false, 1, -1), own, there)).toEqual(filter(false, -1))
  })

  test('lets nothing through where the other has none of them', () => {
    expect(inOther(filter(true, 0), named(['cat']), named(['dog']))).toEqual(filter(true))
  })
})
