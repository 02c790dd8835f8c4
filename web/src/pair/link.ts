/** The address of two spaces: what each would say alone, as one part each. */
import { linkTo, restore } from '../explorer/restore'
import type { Pair } from './pair'

const PARTS = ['first', 'second'] as const

export function linkToPair({ sides, way, worked }: Pair): string {
  const parts = new URLSearchParams()
  sides.forEach(({ explorer }, i) => parts.set(PARTS[i], linkTo(explorer).slice(1)))
  parts.set('way', way.value)
  parts.set('tools', worked.value.name)
  return `#${parts}`
}

/** What an address says of each. */
export function hashesOf(hash: string): string[] {
  const parts = new URLSearchParams(hash.replace(/^#/, ''))
  return PARTS.map((part) => `#${parts.get(part) ?? ''}`)
}

/** Shows what an address says, as far as the two have it; what is damaged is said where it belongs. */
export async function restorePair(pair: Pair, hash: string): Promise<void> {
  const parts = new URLSearchParams(hash.replace(/^#/, ''))
  const hashes = hashesOf(hash)
  const { sides } = pair
  pair.hold()
  await Promise.all(sides.map(({ explorer }, i) => restore(explorer, hashes[i])))
  pair.choose(parts.get('way') === 'stitched' ? 'stitched' : 'encoded')
  pair.workOn(parts.get('tools') === 'B' ? sides[1] : sides[0])
  pair.release(PARTS.every((part) => parts.has(part)))
}
