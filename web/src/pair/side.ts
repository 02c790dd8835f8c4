/** One of two spaces, and how its points and codes are found in the other. */
import { titleOf } from '../bundle/space'
import type { Explorer } from '../explorer/explorer'
import { codeOf } from '../space/points'
import type { MapFile } from './facts'

export class Side {
  constructor(
    readonly name: 'A' | 'B',
    readonly explorer: Explorer,
    /** (N,) where each of its points is in the other, −1 where it is not. */
    readonly twins: Int32Array,
    readonly map: MapFile,
    /** (d × e) */
    private readonly matrix: Float32Array,
  ) {}

  get title(): string {
    return titleOf(this.explorer.bundle.space)
  }

  /** Takes one of its codes to the other space. */
  led(code: Float32Array): Float32Array {
    const { offset } = this.map
    return Float32Array.from(offset, (start, to) => {
      let sum = start
      for (let from = 0; from < code.length; from++) {
        sum += code[from] * this.matrix[from * offset.length + to]
      }
      return sum
    })
  }

  /** Points of the other that show the same images as some of its points. */
  twinsOf(rows: ArrayLike<number>): Uint32Array {
    return Uint32Array.from(Array.from(rows, (row) => this.twins[row]).filter((twin) => twin >= 0))
  }

  /** The other's point of the same image as its spot; −1 where its spot is none, or the other lacks it. */
  get twin(): number {
    const { row } = this
    return row < 0 ? -1 : this.twins[row]
  }

  /** The stored point that its spot is: the one pointed at, or one whose very code is shown; else −1. */
  private get row(): number {
    const { bundle, state } = this.explorer
    const spot = state.spot.value
    if (spot?.origin === 'pointer') return state.hovered.value
    if (spot?.index !== undefined) return spot.index
    const near = state.near.value?.indices[0]
    if (!spot || near === undefined) return -1
    return codeOf(bundle.points, near).every((value, i) => value === spot.code[i]) ? near : -1
  }
}
