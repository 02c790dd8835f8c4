/**
 * Thumbnails instead of points: of every cell of a grid over the plane the first visible point shows
 * its picture. Cells belong to places, not to the screen, so that nothing flickers while panning.
 */
import type { Atlas } from '../bundle/atlas'
import { colourOf } from '../palette'
import { projected, type Screen } from './camera'

const PIXELS = 38

export interface Scene {
  readonly positions: Float32Array
  readonly labels: Int32Array
  readonly screen: Screen
  readonly matrix: Float32Array
  readonly pixelsPerUnit: number
  readonly solid: boolean
  visible(index: number): boolean
}

export function drawPictures(to: CanvasRenderingContext2D, atlas: Atlas, scene: Scene): void {
  const { positions, screen } = scene
  const cell = 2 ** Math.round(Math.log2(PIXELS / scene.pixelsPerUnit))
  const side = cell * scene.pixelsPerUnit * 0.86
  const [w, h] = fitted(atlas, side)
  const taken = new Set<number>()
  const most = (2 * screen.width * screen.height) / (side * side)
  for (let i = 0; i < positions.length / 3 && taken.size < most; i++) {
    const [px, py, pz] = [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]]
    const [x, y] = projected(scene.matrix, screen, px, py, pz)
    if (x < -side || y < -side || x > screen.width + side || y > screen.height + side) continue
    const column = scene.solid ? Math.floor(x / side) : Math.floor(px / cell)
    const row = scene.solid ? Math.floor(y / side) : Math.floor(py / cell)
    const key = row * 65536 + column
    if (taken.has(key) || !scene.visible(i)) continue
    taken.add(key)
    to.fillStyle = colourOf(scene.labels[i])
    to.fillRect(x - w / 2, y + h / 2, w, 2)
    if (!atlas.draw(to, i, x - w / 2, y - h / 2, w, h)) {
      to.globalAlpha = 0.25
      to.fillRect(x - w / 2, y - h / 2, w, h)
      to.globalAlpha = 1
    }
  }
}

/** Width and height of a thumbnail whose longer side is `side`. */
export function fitted({ width, height }: { width: number; height: number }, side: number): [number, number] {
  const scale = side / Math.max(width, height)
  return [width * scale, height * scale]
}
