/** The names of all points, and which of them hold a text: all are looked through as one text. */
import type { Table } from '@uwdata/flechette'

type Texts = NonNullable<ReturnType<Table['getChild']>>

export class Ids {
  private found: Joined | null = null

  /** `column` holds a name for each of `count` points; without one they are their numbers. */
  constructor(
    private readonly column: Texts | undefined,
    private readonly count: number,
  ) {}

  readonly at = (index: number): string => String(this.column?.at(index) ?? index)

  /** The first rows whose names hold a text, whichever way it is capitalised. */
  holding(text: string, most: number): number[] {
    const sought = text.toLowerCase()
    const { starts, all } = (this.found ??= this.joined())
    const rows: number[] = []
    let from = 0
    while (sought && rows.length < most) {
      const at = all.indexOf(sought, from)
      if (at < 0) break
      const row = rowOf(starts, at)
      const whole = at + sought.length <= starts[row + 1]
      if (whole) rows.push(row)
      from = whole ? starts[row + 1] : at + 1
    }
    return rows
  }

  private joined(): Joined {
    return (this.column && plain(this.column)) ?? this.lowered()
  }

  private lowered(): Joined {
    const starts = new Int32Array(this.count + 1)
    const names: string[] = []
    for (let row = 0; row < this.count; row++) {
      names.push(this.at(row).toLowerCase())
      starts[row + 1] = starts[row] + names[row].length
    }
    return { all: names.join(''), starts }
  }
}

/** All names in lower case, one after another, and where each begins. */
interface Joined {
  readonly all: string
  readonly starts: Int32Array
}

/** The same at once, where every letter is a byte: else nothing. */
function plain({ data, nullCount }: Texts): Joined | null {
  const [{ offsets, values }] = data
  if (data.length !== 1 || nullCount > 0 || !(offsets instanceof Int32Array)) return null
  const bytes = (values as Uint8Array).subarray(offsets[0], offsets[data[0].length])
  const all = new TextDecoder().decode(bytes)
  if (all.length !== bytes.length) return null
  return { all: all.toLowerCase(), starts: offsets.map((offset) => offset - offsets[0]) }
}

/** The last row that begins at a place or before; of empty names, which begin there too, the last. */
function rowOf(starts: Int32Array, at: number): number {
  let low = 0
  let high = starts.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (starts[middle] <= at) low = middle
    else high = middle
  }
  return low
}
