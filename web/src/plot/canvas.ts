/** A canvas over the plot, drawn in CSS pixels. */
import type { Screen } from '../space/camera'

/** Empties it, and sets its units to CSS pixels however fine the display is. */
export function wipe(layer: CanvasRenderingContext2D, screen: Screen): void {
  const ratio = layer.canvas.width / screen.width
  layer.setTransform(ratio, 0, 0, ratio, 0, 0)
  layer.clearRect(0, 0, screen.width, screen.height)
}

/** Device pixels for one of CSS; more than two are not seen, and take long. */
export function pixelRatio(): number {
  return Math.min(2, devicePixelRatio)
}
