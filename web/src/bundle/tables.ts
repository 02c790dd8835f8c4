/** Arrow files as typed arrays, without copying where there is one record batch. */
import { type Table, tableFromIPC } from '@uwdata/flechette'

type Numbers = Float32Array | Int32Array | Uint32Array

export function openTable(name: string, bytes: ArrayBuffer | Uint8Array): Table {
  try {
    return tableFromIPC(bytes)
  } catch {
    throw new Error(`${name} is damaged; export the run again`)
  }
}

/** A column of numbers (N,), or of N vectors laid end to end. */
export function numbers<A extends Numbers>(
  table: Table,
  column: string,
  make: new (n: number) => A,
): A {
  const vector = table.getChild(column)
  if (!vector) throw new Error(`a table has no column "${column}"; export the run again`)
  const each = width(table, column)
  const parts = vector.data.map((batch) => {
    const values = batch.children?.[0]?.values ?? batch.values
    return values.subarray(0, batch.length * each) as A
  })
  if (parts.length === 1 && parts[0]) return parts[0]
  const all = new make(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** How many numbers each row of a column of vectors has. */
export function width(table: Table, column: string): number {
  const type = table.getChild(column)?.type as { stride?: number } | undefined
  return type?.stride ?? 1
}
