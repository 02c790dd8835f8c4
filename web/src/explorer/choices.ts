/** What a space is looked at by, as far as nobody has chosen. */
import type { Space } from '../bundle/space'
import { type Linear, linearView, ownDimensions } from '../space/views'

/** The code itself where it can be seen whole, else its principal directions. */
export function firstView({ code, views }: Space): string {
  return code.size > 3 && views.some(({ name }) => name === 'pca') ? 'pca' : 'code'
}

/** How a view places codes; null where it is a table of places. */
export function linearOf({ code, views }: Space, name: string): Linear | null {
  const kept = views.find((view) => view.name === name)
  if (!kept) return ownDimensions(code.size)
  return 'forward' in kept ? linearView(kept) : null
}

/**
 * The axes that are shown: those wanted where they fit, else those of before with what they lack.
 *
 * @param axes how many there are
 */
export function chosenAxes(
  axes: number,
  solid: boolean,
  wanted: readonly number[] = [],
  before: readonly number[] = [],
): number[] {
  const length = Math.min(solid && axes > 2 ? 3 : 2, axes)
  const fit = wanted.length === length && wanted.every((axis) => axis < axes)
  const shown = (fit ? wanted : before).slice(0, length)
  for (let axis = 0; shown.length < length; axis++) if (!shown.includes(axis)) shown.push(axis)
  return shown
}
