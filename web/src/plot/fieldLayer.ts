/**
 * Paints a field over the plane: in one hue, the stronger the value, the stronger the colour; or
 * classes in their colours.
 */
import { colourOf, rgb } from '../images/palette'
import type { Field } from '../space/fields'
import { type Camera, type Screen, toScreen } from '../space/camera'

/** How opaque, of 255. */
const STRONGEST = 120
const NOTHING = [0, 0, 0, 0] as const

export function fieldImage(
  field: Field,
  accent: readonly [number, number, number],
): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = field.columns
  canvas.height = field.rows
  const data = new ImageData(field.columns, field.rows)
  for (let row = 0; row < field.rows; row++) {
    for (let column = 0; column < field.columns; column++) {
      const at = 4 * ((field.rows - 1 - row) * field.columns + column)
      const value = field.values[row * field.columns + column]
      data.data.set(field.classes ? ofClass(value) : [...accent, STRONGEST * value], at)
    }
  }
  canvas.getContext('2d')?.putImageData(data, 0, 0)
  return canvas
}

function ofClass(label: number): readonly number[] {
  return label < 0 ? NOTHING : [...rgb(colourOf(label)), STRONGEST]
}

export function drawField(
  to: CanvasRenderingContext2D,
  image: HTMLCanvasElement,
  [left, bottom, right, top]: Field['bounds'],
  camera: Camera,
  screen: Screen,
): void {
  const [x, y] = toScreen(camera, screen, left, top)
  const [x2, y2] = toScreen(camera, screen, right, bottom)
  to.imageSmoothingEnabled = true
  to.drawImage(image, x, y, x2 - x, y2 - y)
}
