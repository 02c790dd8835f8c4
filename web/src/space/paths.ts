/** Paths between two codes. */

export type PathKind = 'straight' | 'spherical' | 'data' | 'short'

/** Codes along a path are given as (M × d), the ends included. */
export function straight(a: Float32Array, b: Float32Array, steps: number): Float32Array[] {
  return Array.from({ length: steps }, (_, s) => {
    const t = steps === 1 ? 0 : s / (steps - 1)
    return a.map((value, j) => value + t * (b[j] - value))
  })
}

/** Turns from a to b round the origin while the length goes evenly from |a| to |b| (slerp). */
export function spherical(a: Float32Array, b: Float32Array, steps: number): Float32Array[] {
  const lengthA = norm(a)
  const lengthB = norm(b)
  if (lengthA < 1e-9 || lengthB < 1e-9) return straight(a, b, steps)
  const cosine = a.reduce((sum, value, j) => sum + value * b[j], 0) / (lengthA * lengthB)
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine)))
  if (angle < 1e-4 || Math.PI - angle < 1e-4) return straight(a, b, steps)
  return Array.from({ length: steps }, (_, s) => {
    const t = steps === 1 ? 0 : s / (steps - 1)
    const length = lengthA + t * (lengthB - lengthA)
    const p = Math.sin((1 - t) * angle) / Math.sin(angle) / lengthA
    const q = Math.sin(t * angle) / Math.sin(angle) / lengthB
    return a.map((value, j) => length * (p * value + q * b[j]))
  })
}

/**
 * The shortest way over the neighbour graph (Dijkstra; edges both ways, squared lengths, which
 * prefer many short steps through the data to a long one across a gap). Null where no way leads.
 */
export function throughData(
  from: number,
  to: number,
  codes: Float32Array,
  size: number,
  neighbours: Uint32Array,
  k: number,
): number[] | null {
  const count = codes.length / size
  return shortestWay(from, to, undirected(neighbours, count, k), (at, next) => {
    let length = 0
    for (let j = 0; j < size; j++) length += (codes[at * size + j] - codes[next * size + j]) ** 2
    return length
  })
}

/** Of each node where its edges begin among the targets, and where they lead; both ways. */
export type Edges = readonly [starts: Uint32Array, targets: Uint32Array]

/** The shortest way over a graph whose edges have these lengths ≥ 0; null where none leads there. */
export function shortestWay(
  from: number,
  to: number,
  [starts, targets]: Edges,
  length: (from: number, to: number) => number,
): number[] | null {
  const count = starts.length - 1
  const cost = new Float64Array(count).fill(Infinity)
  const before = new Int32Array(count).fill(-1)
  const heap = new Heap()
  cost[from] = 0
  heap.push(0, from)
  while (heap.size > 0) {
    const [reached, at] = heap.pop()
    if (at === to) break
    if (reached > cost[at]) continue
    for (let e = starts[at]; e < starts[at + 1]; e++) {
      const next = targets[e]
      const found = reached + length(at, next)
      if (found < cost[next]) {
        cost[next] = found
        before[next] = at
        heap.push(cost[next], next)
      }
    }
  }
  if (!Number.isFinite(cost[to])) return null
  const way = [to]
  while (way[0] !== from) way.unshift(before[way[0]])
  return way
}

/** Takes `steps` codes at even distances along a polyline of codes. */
export function evenly(line: readonly Float32Array[], steps: number): Float32Array[] {
  const lengths = [0]
  for (let i = 1; i < line.length; i++)
    lengths.push(lengths[i - 1] + distance(line[i - 1], line[i]))
  const total = lengths[lengths.length - 1]
  if (line.length === 1 || total === 0) return Array.from({ length: steps }, () => line[0])
  let at = 1
  return Array.from({ length: steps }, (_, s) => {
    const wanted = (total * s) / Math.max(1, steps - 1)
    while (at < line.length - 1 && lengths[at] < wanted) at++
    const t = (wanted - lengths[at - 1]) / (lengths[at] - lengths[at - 1] || 1)
    return line[at - 1].map((value, j) => value + t * (line[at][j] - value))
  })
}

/** Smooths a polyline by averaging each inner code with those beside it. */
export function smoothed(line: readonly Float32Array[], rounds = 2): Float32Array[] {
  let out = [...line]
  for (let round = 0; round < rounds; round++) {
    out = out.map((code, i) =>
      i === 0 || i === out.length - 1
        ? code
        : code.map((value, j) => (out[i - 1][j] + 2 * value + out[i + 1][j]) / 4),
    )
  }
  return out
}

/** The edges of a graph that says of each node which k are nearest to it. */
export function undirected(neighbours: Uint32Array, count: number, k: number): Edges {
  const starts = new Uint32Array(count + 1)
  for (let e = 0; e < neighbours.length; e++) {
    starts[Math.floor(e / k) + 1]++
    starts[neighbours[e] + 1]++
  }
  for (let i = 0; i < count; i++) starts[i + 1] += starts[i]
  const next = starts.slice()
  const targets = new Uint32Array(2 * neighbours.length)
  for (let e = 0; e < neighbours.length; e++) {
    const a = Math.floor(e / k)
    const b = neighbours[e]
    targets[next[a]++] = b
    targets[next[b]++] = a
  }
  return [starts, targets]
}

function norm(a: Float32Array): number {
  return Math.hypot(...a)
}

export function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0))
}

/** A binary heap of (cost, item), the least cost on top. */
class Heap {
  private costs: number[] = []
  private items: number[] = []

  get size(): number {
    return this.items.length
  }

  push(cost: number, item: number): void {
    let at = this.items.length
    this.costs.push(cost)
    this.items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.costs[parent] <= this.costs[at]) break
      this.swap(at, parent)
      at = parent
    }
  }

  pop(): [number, number] {
    const top: [number, number] = [this.costs[0], this.items[0]]
    const cost = this.costs.pop() as number
    const item = this.items.pop() as number
    if (this.items.length > 0) {
      this.costs[0] = cost
      this.items[0] = item
      this.sink()
    }
    return top
  }

  private sink(): void {
    let at = 0
    for (;;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.costs.length && this.costs[child] < this.costs[least]) least = child
      }
      if (least === at) return
      this.swap(at, least)
      at = least
    }
  }

  private swap(a: number, b: number): void {
    ;[this.costs[a], this.costs[b]] = [this.costs[b], this.costs[a]]
    ;[this.items[a], this.items[b]] = [this.items[b], this.items[a]]
  }
}
