/** Filters as links write them: `age~18_65_none`, `maker~only.3.5`, `~not.none`. */
import { type Filter, type Filters, isOfLabels } from './filters'

const NONE = 'none'

export function writtenFilters(filters: Filters): string {
  return [...filters]
    .map(([name, filter]) => `${encodeURIComponent(name).replaceAll('~', '%7E')}~${rule(filter)}`)
    .join()
}

function rule(filter: Filter): string {
  if (isOfLabels(filter)) {
    const labels = [...filter.labels].map((label) => (label < 0 ? NONE : label))
    return [filter.only ? 'only' : 'not', ...labels].join('.')
  }
  return [...(filter.within ?? []), ...(filter.missing ? [NONE] : [])].join('_')
}

/** One filter with the name of its column, or null where it makes no sense. */
export function readFilter(text: string): [string, Filter] | null {
  const [name, written, ...more] = text.split('~')
  if (written === undefined || more.length) return null
  const filter = /^(only|not)\./.test(written) ? labelsOf(written) : rangeOf(written)
  try {
    return filter && [decodeURIComponent(name), filter]
  } catch {
    return null
  }
}

function labelsOf(text: string): Filter | null {
  const [kind, ...labels] = text.split('.')
  const fit = labels.every((label) => label === NONE || /^\d{1,9}$/.test(label))
  const numbers = labels.map((label) => (label === NONE ? -1 : Number(label)))
  return fit ? { only: kind === 'only', labels: new Set(numbers) } : null
}

function rangeOf(text: string): Filter | null {
  const parts = text.split('_')
  const missing = parts.at(-1) === NONE
  const limits = missing ? parts.slice(0, -1) : parts
  if (missing && limits.length === 0) return { within: null, missing }
  const [from, to] = limits.map((limit) => (limit === '' ? NaN : Number(limit)))
  const fit = limits.length === 2 && Number.isFinite(from) && Number.isFinite(to) && from <= to
  return fit ? { within: [from, to], missing } : null
}
