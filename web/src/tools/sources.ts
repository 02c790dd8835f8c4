/** What codes can be drawn from: the samplers of the bundle, and each class. */
import type { Explorer } from '../explorer'

export interface DrawingSource {
  /** A sampler's name, or `class:3`. */
  readonly value: string
  readonly title: string
}

export function sourcesOf(explorer: Explorer): DrawingSource[] {
  const { space } = explorer.bundle
  const samplers = (space.draws?.samplers ?? []).map(({ name }) => ({
    value: name,
    title: name.replaceAll('-', ' '),
  }))
  const labels = space.gaussians ? explorer.labels().filter((label) => label >= 0) : []
  const classes = labels.map((label) => ({
    value: `class:${label}`,
    title: `class ${explorer.className(label)}`,
  }))
  return [...samplers, ...classes]
}
