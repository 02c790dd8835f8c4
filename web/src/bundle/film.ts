/** The film of a training: where some of the points lay after each epoch, and the losses. */
import type { Bundle } from './open'
import type { FilmFile } from './space'
import { numbers, openTable, width } from './tables'

export interface Losses {
  /** After every epoch from 1; NaN where it is not known. */
  readonly train: Float64Array
  readonly validation: Float64Array
}

export interface Film {
  readonly epochs: readonly number[]
  readonly shown: number
  /** Which points these are. */
  readonly rows: Uint32Array
  readonly losses: Losses
  /** The files of kept decoders, by epoch. */
  readonly decoders: ReadonlyMap<number, string>
  /** The points' codes (n × d) after an epoch. */
  codes(epoch: number): Float32Array
}

export async function openFilm(bundle: Bundle, about: FilmFile): Promise<Film> {
  const { file, history, epochs, points, shown } = about
  const bytes = await Promise.all([bundle.bytes(file), bundle.bytes(history)])
  const table = openTable(file, bytes[0])
  const losses = openTable(history, bytes[1])
  const each = points.length * bundle.points.size
  const known = points.every((point) => Number.isInteger(point) && point < bundle.points.count)
  const whole = table.numRows === points.length * epochs.length && epochs.includes(shown)
  if (!known || !whole || width(table, 'code') !== bundle.points.size) {
    throw new Error(`${file} is not the film that space.json describes; export the run again`)
  }
  const codes = numbers(table, 'code', Float32Array)
  const column = (name: string) =>
    Float64Array.from({ length: losses.numRows }, (_, i) => losses.getChild(name)?.at(i) ?? NaN)
  return {
    epochs,
    shown,
    rows: Uint32Array.from(points),
    losses: { train: column('train'), validation: column('validation') },
    decoders: new Map(about.decoders?.map((kept) => [kept.epoch, kept.file])),
    codes: (epoch) => {
      const at = epochs.indexOf(epoch)
      return codes.subarray(at * each, (at + 1) * each)
    },
  }
}
