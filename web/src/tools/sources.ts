/** What codes can be drawn from: the samplers of the bundle, and each class. */
import type { Bundle } from '../bundle/open'

export interface DrawingSource {
  /** A sampler's name, or `class:3`. */
  readonly value: string
  readonly title: string
}

export function sourcesOf(bundle: Bundle): DrawingSource[] {
  const { space } = bundle
  const samplers = (space.draws?.samplers ?? []).map(({ name }) => ({
    value: name,
    title: name.replaceAll('-', ' '),
  }))
  const labels = space.gaussians ? bundle.labels.filter((label) => label >= 0) : []
  const classes = labels.map((label) => ({
    value: `class:${label}`,
    title: `class ${bundle.className(label)}`,
  }))
  return [...samplers, ...classes]
}
