/** The file of the points as it comes: its beginning can be drawn before its end is there. */
import type { Points } from '../space/points'
import { type Progress, unreachable } from './source'
import { type Space, whole } from './space'
import { numbers, openTable, width } from './tables'

/** Fewer points show little. */
const FEWEST = 20_000
/** Is drawn in a moment, and looks like all. */
const MOST = 100_000
/** Where less is still to come, and it comes fast, no beginning is needed. */
const LITTLE = 8e6
const SOON_MS = 100
/** The signature of an Arrow file, after which its tables lie as in a stream. */
const SIGNATURE = 8

/** Told of the first points, and of four times as many each time these have come. */
export type Began = (points: Points) => void

/** The content of the file of the points, known to be whole. */
export async function arriving(
  space: Space,
  stream: ReadableStream<Uint8Array>,
  progress: Progress,
  began: Began,
): Promise<ArrayBuffer> {
  const { file } = space.points
  const length = space.files[file]?.bytes
  if (length === undefined) return new Response(stream as BodyInit).arrayBuffer()
  const bytes = new Uint8Array(length)
  const start = performance.now()
  const reader = stream.getReader()
  let seen = 0
  let wanted = FEWEST
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Error(unreachable(file))
    })
    if (done) break
    if (seen < length) bytes.set(value.subarray(0, length - seen), seen)
    seen += value.length
    progress(Math.min(1, seen / length))
    const soon = length - seen < LITTLE && performance.now() - start < SOON_MS
    if (wanted > MOST || seen >= length || soon) continue
    const points = pointsWithin(space, bytes, seen, wanted)
    if (!points) continue
    began(points)
    wanted = 4 * points.count
  }
  return whole(space, file, bytes.buffer, seen)
}

/** The points within the bytes seen so far, if they are as many as are wanted. */
export function pointsWithin(
  space: Space,
  bytes: Uint8Array<ArrayBuffer>,
  seen: number,
  wanted: number,
): Points | null {
  const { size } = space.code
  // Codes take most of the room, so that before this there is nothing to read.
  if (seen < 4 * size * wanted) return null
  const file = space.points.file
  try {
    const table = openTable(file, bytes.subarray(SIGNATURE))
    const codes = numbers(table, 'code', Float32Array)
    const labels = numbers(table, 'label', Int32Array)
    // Of several batches there would be copies, which what comes later is not in.
    const inPlace = codes.buffer === bytes.buffer && labels.buffer === bytes.buffer
    if (!inPlace || width(table, 'code') !== size) return null
    const rows = (values: Float32Array | Int32Array, each: number) =>
      Math.floor((seen - values.byteOffset) / (4 * each))
    const count = Math.min(rows(codes, size), rows(labels, 1), labels.length, MOST)
    if (count < wanted) return null
    return {
      count,
      size,
      codes: codes.subarray(0, count * size),
      labels: labels.subarray(0, count),
    }
  } catch {
    return null // what is amiss is said once all of it is there
  }
}
