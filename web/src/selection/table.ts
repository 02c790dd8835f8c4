/** A selection as a table that other programs read (RFC 4180). */
import type { Bundle } from '../bundle/open'

export type Tags = ReadonlyMap<string, Uint32Array>

/** One line for each image: its id, its class, what it is tagged with, its columns and its code. */
export async function tableOf(bundle: Bundle, selection: Uint32Array, tags: Tags): Promise<string> {
  const { points, space } = bundle
  const { ids } = await bundle.details()
  const tagged = new Map<number, string[]>()
  for (const [tag, indices] of tags) {
    for (const index of indices) tagged.set(index, [...(tagged.get(index) ?? []), tag])
  }
  const dimensions = Array.from({ length: points.size }, (_, j) => `z${j + 1}`)
  const own = ['id', 'label', 'tags']
  const names = space.columns.map(({ name }) => name)
  const columns = await Promise.all(names.map((name) => bundle.texts(name)))
  const taken = new Set([...own, ...dimensions])
  const titles = names.map((name) => harmless(taken.has(name) ? `${name} (column)` : name))
  const lines = [[...own, ...titles, ...dimensions]]
  for (const index of selection) {
    const label = points.labels[index]
    const code = points.codes.subarray(index * points.size, (index + 1) * points.size)
    lines.push([
      harmless(ids.at(index)),
      harmless(label < 0 ? '' : (space.classes[label] ?? String(label))),
      harmless((tagged.get(index) ?? []).join(';')),
      ...columns.map((texts) => harmless(texts[index])),
      // Nine figures tell every 32-bit number from the next.
      ...Array.from(code, (value) => String(Number(value.toPrecision(9)))),
    ])
  }
  return lines.map((line) => `${line.map(quoted).join(',')}\r\n`).join('')
}

/** Text that a spreadsheet would run as a formula is preceded by an apostrophe; numbers are not. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
