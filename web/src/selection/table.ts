/** A selection as a table that other programs read (RFC 4180). */
import type { Bundle } from '../bundle/open'

export type Tags = ReadonlyMap<string, Uint32Array>

/** One line for each image: its id, its class, what it is tagged with, and its code. */
export async function tableOf(bundle: Bundle, selection: Uint32Array, tags: Tags): Promise<string> {
  const { points, space } = bundle
  const { id } = await bundle.details()
  const tagged = new Map<number, string[]>()
  for (const [tag, indices] of tags) {
    for (const index of indices) tagged.set(index, [...(tagged.get(index) ?? []), tag])
  }
  const dimensions = Array.from({ length: points.size }, (_, j) => `z${j + 1}`)
  const lines = [['id', 'label', 'tags', ...dimensions]]
  for (const index of selection) {
    const label = points.labels[index]
    const code = points.codes.subarray(index * points.size, (index + 1) * points.size)
    lines.push([
      id(index),
      label < 0 ? '' : (space.classes[label] ?? String(label)),
      (tagged.get(index) ?? []).join(';'),
      // Nine figures tell every 32-bit number from the next.
      ...Array.from(code, (value) => String(Number(value.toPrecision(9)))),
    ])
  }
  return lines.map((line) => `${line.map(quoted).join(',')}\r\n`).join('')
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
