/** The images of a selection beside each other, as one picture. */
import type { Atlas } from '../bundle/atlas'

export const MOST_IMAGES = 2500
const GAP = 2

export async function sheetOf(atlas: Atlas, indices: Uint32Array): Promise<HTMLCanvasElement> {
  await atlas.bring(indices)
  const columns = Math.ceil(Math.sqrt(indices.length))
  const [across, down] = [atlas.width + GAP, atlas.height + GAP]
  const canvas = document.createElement('canvas')
  canvas.width = columns * across - GAP
  canvas.height = Math.ceil(indices.length / columns) * down - GAP
  const to = canvas.getContext('2d') as CanvasRenderingContext2D
  indices.forEach((index, i) => {
    const [x, y] = [(i % columns) * across, Math.floor(i / columns) * down]
    atlas.draw(to, index, x, y, atlas.width, atlas.height)
  })
  return canvas
}
