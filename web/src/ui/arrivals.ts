/** What has come of the spaces that are being opened. */
import { signal } from '@preact/signals'
import type { Opening } from '../bundle/open'
import type { Space } from '../bundle/space'
import { Beginning } from '../plot/beginning'
import type { Coming } from './Loading'

export class Arrivals {
  readonly coming = signal<Coming>({ share: 0, beginnings: [] })
  private readonly shares: number[]
  private readonly spaces: (Space | null)[]

  /** @param hashes what is to be seen of each, as links say it */
  constructor(private readonly hashes: readonly string[]) {
    this.shares = hashes.map(() => 0)
    this.spaces = hashes.map(() => null)
    this.coming.value = { share: 0, beginnings: hashes.map(() => null) }
  }

  get beginnings(): readonly (Beginning | null)[] {
    return this.coming.value.beginnings
  }

  /** What one of them tells while it opens; `told` hears what it is. */
  of(which: number, told: (space: Space) => void): Opening {
    const { coming, hashes, shares, spaces } = this
    return {
      progress: (share) => {
        shares[which] = share
        const sum = shares.reduce((a, b) => a + b)
        coming.value = { ...coming.value, share: sum / shares.length }
      },
      told: (space) => {
        spaces[which] = space
        told(space)
      },
      began: (points) => {
        const space = spaces[which]
        const beginning =
          this.beginnings[which] ?? (space && Beginning.of(space, hashes[which] ?? ''))
        beginning?.show(points)
        const beginnings = this.beginnings.with(which, beginning)
        coming.value = { ...coming.value, beginnings }
      },
    }
  }
}
