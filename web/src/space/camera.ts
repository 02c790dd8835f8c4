/**
 * The camera. Flat, it looks straight down on x and y: `x`, `y` is the middle of the screen, `zoom`
 * half the shorter side's worth of places. Solid, it turns round the middle.
 */
export interface Camera {
  readonly x: number
  readonly y: number
  readonly zoom: number
  readonly yaw: number
  readonly pitch: number
}

export interface Screen {
  /** CSS pixels. */
  readonly width: number
  readonly height: number
}

export const HOME: Camera = { x: 0, y: 0, zoom: 1, yaw: 0.6, pitch: -0.45 }
const MARGIN = 1.12
const DISTANCE = 4

/** CSS pixels for one unit of place, flat. */
export function pixelsPerUnit({ zoom }: Camera, { width, height }: Screen): number {
  return (Math.min(width, height) / 2 / MARGIN) * zoom
}

export function toScreen(camera: Camera, screen: Screen, x: number, y: number): [number, number] {
  const scale = pixelsPerUnit(camera, screen)
  return [screen.width / 2 + (x - camera.x) * scale, screen.height / 2 - (y - camera.y) * scale]
}

export function toPlace(camera: Camera, screen: Screen, px: number, py: number): [number, number] {
  const scale = pixelsPerUnit(camera, screen)
  return [camera.x + (px - screen.width / 2) / scale, camera.y - (py - screen.height / 2) / scale]
}

/** Zooms so that what is under (px, py) stays there. */
export function zoomedAt(
  camera: Camera,
  screen: Screen,
  px: number,
  py: number,
  by: number,
): Camera {
  const zoom = Math.max(0.2, Math.min(400, camera.zoom * by))
  const [x, y] = toPlace(camera, screen, px, py)
  const [nx, ny] = toPlace({ ...camera, zoom }, screen, px, py)
  return { ...camera, zoom, x: camera.x + x - nx, y: camera.y + y - ny }
}

/** The 4 × 4 matrix (columns first) from places to clip space; `solid` goes from 0, flat, to 1. */
export function matrix(camera: Camera, screen: Screen, solid: number): Float32Array {
  const scale = pixelsPerUnit(camera, screen)
  const sx = (2 * scale) / screen.width
  const sy = (2 * scale) / screen.height
  // prettier-ignore
  const flat = [
    sx, 0, 0, 0,
    0, sy, 0, 0,
    0, 0, 0, 0,
    -camera.x * sx, -camera.y * sy, 0, 1,
  ]
  if (solid === 0) return Float32Array.from(flat)
  const [cy, ny] = [Math.cos(camera.yaw), Math.sin(camera.yaw)]
  const [cp, np] = [Math.cos(camera.pitch), Math.sin(camera.pitch)]
  // Turned by yaw round y, then by pitch round x; nearer places have a larger depth.
  const right = [cy, 0, ny]
  const up = [ny * np, cp, -cy * np]
  const depth = [-ny * cp, np, cy * cp]
  const shrink = 0.8
  const round: number[] = []
  for (let column = 0; column < 3; column++) {
    const d = depth[column]
    round.push(
      right[column] * sx * shrink,
      up[column] * sy * shrink,
      (-0.2 * d) / DISTANCE,
      -d / DISTANCE,
    )
  }
  round.push(0, 0, 0, 1)
  return Float32Array.from(flat, (value, i) => value + solid * (round[i] - value))
}

/** Where a place is on the screen, through a matrix. */
export function projected(
  m: Float32Array,
  screen: Screen,
  x: number,
  y: number,
  z: number,
): [number, number] {
  const w = m[3] * x + m[7] * y + m[11] * z + m[15]
  const px = (m[0] * x + m[4] * y + m[8] * z + m[12]) / w
  const py = (m[1] * x + m[5] * y + m[9] * z + m[13]) / w
  return [((px + 1) / 2) * screen.width, ((1 - py) / 2) * screen.height]
}
