/**
 * Short paths: along them the decoded image changes as little as it can (arXiv:1812.08284). They lead
 * over a graph of codes whose edges weigh how far the image goes along them.
 */
import { distance, shortestWay, straight, undirected } from './paths'

/** Codes laid end to end to their images, end to end. */
export type Decode = (codes: Float32Array) => Promise<Float32Array>

/** Codes that ways may lead over, and their images. */
export interface Landmarks {
  readonly codes: readonly Float32Array[]
  readonly images: readonly Float32Array[]
}

const NEIGHBOURS = 10
/** Of an edge, whose images are told from its ends' only where a way leads over it. */
const PARTS = 4
/** Codes of the straight line, so that no way is longer than that. */
const STRAIGHT = 13
/** Codes that are decoded at a time. */
const TOGETHER = 8

/**
 * The way from a to b along which images change least, as codes.
 *
 * An edge weighs no more than the images of its parts, so it counts as the distance of its ends'
 * images until the best way leads over it: then its parts are decoded. What is found is the
 * shortest, though few edges are ever decoded (lazy search, arXiv:1603.03486).
 */
export async function shortPath(
  a: Float32Array,
  b: Float32Array,
  known: Landmarks,
  decode: Decode,
): Promise<Float32Array[]> {
  const own = [a, b, ...straight(a, b, STRAIGHT).slice(1, -1)]
  const nodes = [...own, ...known.codes]
  const images = [...(await decodedOf(own, decode)), ...known.images]
  const neighbours = neighboursOf(nodes)
  const edges = undirected(neighbours, nodes.length, neighbours.length / nodes.length)
  const exact = new Map<number, number>()
  const keyOf = (i: number, j: number) => Math.min(i, j) * nodes.length + Math.max(i, j)
  for (;;) {
    const way = shortestWay(
      0,
      1,
      edges,
      (i, j) => exact.get(keyOf(i, j)) ?? distance(images[i], images[j]),
    )
    if (!way) throw new Error('the straight line is in the graph')
    const steps = way.slice(1).map((to, s): [number, number] => [way[s], to])
    const unknown = steps.filter(([i, j]) => !exact.has(keyOf(i, j)))
    if (unknown.length === 0) return way.map((i) => nodes[i])
    for (const [i, j] of unknown) {
      const changes = await changesAlong(straight(nodes[i], nodes[j], PARTS + 1), decode)
      exact.set(
        keyOf(i, j),
        changes.reduce((sum, change) => sum + change, 0),
      )
    }
  }
}

/**
 * How far the image goes from each code to the next: the root of the sum of squares over its pixels.
 * Few images are held at a time.
 */
export async function changesAlong(
  path: readonly Float32Array[],
  decode: Decode,
): Promise<number[]> {
  const changes: number[] = []
  let last: Float32Array[] = []
  for (let from = 0; from < path.length; from += TOGETHER) {
    const images = [...last, ...(await decodedOf(path.slice(from, from + TOGETHER), decode))]
    for (let i = 1; i < images.length; i++) changes.push(distance(images[i - 1], images[i]))
    last = images.slice(-1)
  }
  return changes
}

/** The images of codes, which are given to the decoder together. */
export async function decodedOf(
  codes: readonly Float32Array[],
  decode: Decode,
): Promise<Float32Array[]> {
  if (codes.length === 0) return []
  const size = codes[0].length
  const all = new Float32Array(codes.length * size)
  codes.forEach((code, i) => all.set(code, i * size))
  const images = await decode(all)
  const pixels = images.length / codes.length
  return codes.map((_, i) => images.subarray(i * pixels, (i + 1) * pixels))
}

/** Of each node the rows of the nearest others, and the next one where it is of the straight line. */
function neighboursOf(codes: readonly Float32Array[]): Uint32Array {
  const k = Math.min(NEIGHBOURS, codes.length - 1)
  const width = k + 1
  const found = new Uint32Array(codes.length * width)
  codes.forEach((code, i) => {
    const far = codes.map((other) => distance(code, other))
    far[i] = Infinity
    const order = Uint32Array.from(far.keys()).sort((p, q) => far[p] - far[q])
    found.set(order.subarray(0, k), i * width)
    found[i * width + k] = nextOnLine(i) ?? order[0]
  })
  return found
}

/** Nodes are the ends, the rest of the straight line between them, and others. */
function nextOnLine(node: number): number | null {
  if (node === 1 || node >= STRAIGHT) return null
  if (node === 0) return 2
  return node === STRAIGHT - 1 ? 1 : node + 1
}

/** Codes that ways may lead over: some of all, half of them nodes of a grid where it is a plane. */
export function someCodes(codes: Float32Array, size: number, most: number): Float32Array[] {
  const side = size === 2 ? Math.floor(Math.sqrt(most / 2)) : 0
  const count = Math.min(most - side * side, codes.length / size)
  const some = Array.from({ length: count }, (_, i) => codes.slice(i * size, (i + 1) * size))
  return side < 2 ? some : [...some, ...grid(some, side)]
}

function grid(codes: readonly Float32Array[], side: number): Float32Array[] {
  const bounds = [0, 1].map((axis) => {
    const values = codes.map((code) => code[axis])
    return [Math.min(...values), Math.max(...values)] as const
  })
  const at = (axis: number, n: number) =>
    bounds[axis][0] + (n / (side - 1)) * (bounds[axis][1] - bounds[axis][0])
  return Array.from({ length: side * side }, (_, n) =>
    Float32Array.of(at(0, n % side), at(1, Math.floor(n / side))),
  )
}
