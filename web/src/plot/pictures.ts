/**
 * Thumbnails instead of points: in their stored order, those that cover none drawn before. Their size
 * keeps to places for each doubling of zoom, so that nothing flickers while panning.
 */
import type { Atlas } from '../bundle/atlas'
import { fitted } from '../images/pixels'
import { projected, type Screen } from '../space/camera'

const PIXELS = 38

export interface Scene {
  readonly positions: Float32Array
  /** (N × 4) bytes. */
  readonly colours: Uint8Array
  readonly screen: Screen
  readonly matrix: Float32Array
  readonly pixelsPerUnit: number
  readonly solid: boolean
  visible(index: number): boolean
}

export function drawPictures(to: CanvasRenderingContext2D, atlas: Atlas, scene: Scene): void {
  const { positions, screen } = scene
  const cell = 2 ** Math.round(Math.log2(PIXELS / scene.pixelsPerUnit))
  const side = cell * scene.pixelsPerUnit
  const [w, h] = fitted(atlas, 0.94 * side)
  const taken = new Taken(scene.solid ? side : cell)
  for (let i = 0; i < positions.length / 3; i++) {
    const [px, py, pz] = [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]]
    const [x, y] = projected(scene.matrix, screen, px, py, pz)
    if (x < -side || y < -side || x > screen.width + side || y > screen.height + side) continue
    if (!scene.visible(i) || !(scene.solid ? taken.take(x, y) : taken.take(px, py))) continue
    to.fillStyle = `rgb(${scene.colours.subarray(4 * i, 4 * i + 3).join()})`
    to.fillRect(x - w / 2, y + h / 2, w, 2)
    if (!atlas.draw(to, i, x - w / 2, y - h / 2, w, h)) {
      to.globalAlpha = 0.25
      to.fillRect(x - w / 2, y - h / 2, w, h)
      to.globalAlpha = 1
    }
  }
}

/** Remembers squares of one side that do not overlap, by the cells that their middles lie in. */
class Taken {
  private readonly cells = new Map<number, [number, number]>()

  constructor(private readonly side: number) {}

  /** Takes the square round a spot; false where it would cover another. */
  take(x: number, y: number): boolean {
    const column = Math.floor(x / this.side)
    const row = Math.floor(y / this.side)
    if (this.cells.has(row * 65536 + column)) return false
    for (let r = row - 1; r <= row + 1; r++) {
      for (let c = column - 1; c <= column + 1; c++) {
        const other = this.cells.get(r * 65536 + c)
        if (other && Math.abs(other[0] - x) < this.side && Math.abs(other[1] - y) < this.side)
          return false
      }
    }
    this.cells.set(row * 65536 + column, [x, y])
    return true
  }
}
