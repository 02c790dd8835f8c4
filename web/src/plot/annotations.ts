/** What lies above the points: the path, drawn codes, pins, the current spot, the outline. */
type Spot = readonly [number, number]

export interface Ink {
  readonly ink: string
  readonly paper: string
  readonly accent: string
}

export function drawPath(
  to: CanvasRenderingContext2D,
  line: readonly Spot[],
  { accent, paper }: Ink,
): void {
  for (const [width, colour] of [
    [5, paper],
    [2.5, accent],
  ] as const) {
    to.beginPath()
    line.forEach(([x, y], i) => (i ? to.lineTo(x, y) : to.moveTo(x, y)))
    to.lineWidth = width
    to.lineJoin = 'round'
    to.strokeStyle = colour
    to.stroke()
  }
  const ends =
    line.length > 1
      ? ([
          ['A', line[0]],
          ['B', line[line.length - 1]],
        ] as const)
      : []
  for (const [name, spot] of ends) drawBadge(to, spot, name, accent, paper)
}

/** A way with a dot for each part of it, the larger the later. */
export function drawWalk(
  to: CanvasRenderingContext2D,
  line: readonly Spot[],
  { accent, paper }: Ink,
): void {
  for (const [more, colour] of [
    [1.5, paper],
    [0, accent],
  ] as const) {
    to.beginPath()
    line.forEach(([x, y], i) => (i ? to.lineTo(x, y) : to.moveTo(x, y)))
    to.lineWidth = 1.5 + 2 * more
    to.lineJoin = 'round'
    to.strokeStyle = colour
    to.stroke()
    to.fillStyle = colour
    line.slice(1).forEach(([x, y], i) => {
      to.beginPath()
      to.arc(x, y, 1.5 + (2.5 * (i + 1)) / (line.length - 1) + more, 0, 2 * Math.PI)
      to.fill()
    })
  }
}

export function drawDraws(
  to: CanvasRenderingContext2D,
  spots: readonly Spot[],
  { accent, paper }: Ink,
): void {
  for (const [x, y] of spots) {
    to.beginPath()
    to.moveTo(x, y - 7)
    to.lineTo(x + 7, y)
    to.lineTo(x, y + 7)
    to.lineTo(x - 7, y)
    to.closePath()
    to.fillStyle = accent
    to.fill()
    to.lineWidth = 2
    to.strokeStyle = paper
    to.stroke()
  }
}

export function drawBadge(
  to: CanvasRenderingContext2D,
  [x, y]: Spot,
  text: string,
  fill: string,
  colour: string,
): void {
  to.beginPath()
  to.arc(x, y, 9, 0, 2 * Math.PI)
  to.fillStyle = fill
  to.fill()
  to.lineWidth = 2
  to.strokeStyle = colour
  to.stroke()
  to.fillStyle = colour
  to.font = '600 11px system-ui, sans-serif'
  to.textAlign = 'center'
  to.textBaseline = 'middle'
  to.fillText(text, x, y + 0.5)
}

export function drawRing(
  to: CanvasRenderingContext2D,
  [x, y]: Spot,
  radius: number,
  { ink, paper }: Ink,
): void {
  for (const [width, colour] of [
    [4, paper],
    [2, ink],
  ] as const) {
    to.beginPath()
    to.arc(x, y, radius, 0, 2 * Math.PI)
    to.lineWidth = width
    to.strokeStyle = colour
    to.stroke()
  }
}

export function drawOutline(
  to: CanvasRenderingContext2D,
  spots: readonly Spot[],
  { accent }: Ink,
): void {
  to.beginPath()
  spots.forEach(([x, y], i) => (i ? to.lineTo(x, y) : to.moveTo(x, y)))
  to.closePath()
  to.lineWidth = 1.5
  to.strokeStyle = accent
  to.stroke()
  to.globalAlpha = 0.12
  to.fillStyle = accent
  to.fill()
  to.globalAlpha = 1
}
