/** Codes that a path can begin and end at: pins, and the means of the classes. */
import type { Explorer } from '../explorer'

export interface End {
  /** `pin:4` or `class:3` */
  readonly value: string
  readonly title: string
}

export function endsOf(explorer: Explorer): End[] {
  const pins = [...explorer.state.pins.value].reverse().map(({ key, title }) => ({
    value: `pin:${key}`,
    title: `pin ${key} · ${title}`,
  }))
  const means = explorer
    .labels()
    .filter((label) => label >= 0)
    .map((label) => ({ value: `class:${label}`, title: `mean of ${explorer.className(label)}` }))
  return [...pins, ...means]
}

export function codeAtEnd(explorer: Explorer, value: string): Float32Array | null {
  const [kind, number] = value.split(':')
  if (kind === 'class') return explorer.classMean(Number(number))
  return explorer.state.pins.value.find(({ key }) => key === Number(number))?.code ?? null
}
