/** Colours of the classes: the ten of Petroff 2021 (arXiv:2107.02270), cycling with the shape. */
export const COLOURS = [
  '#3f90da',
  '#ffa90e',
  '#bd1f01',
  '#94a4a2',
  '#832db6',
  '#a96b59',
  '#e76300',
  '#b9ac70',
  '#717581',
  '#92dadd',
] as const
export const NEUTRAL = '#8a8f98'
export const SHAPES = ['●', '■', '▲', '◆', '✚'] as const

export function colourOf(label: number): string {
  return label < 0 ? NEUTRAL : COLOURS[label % COLOURS.length]
}

export function shapeOf(label: number): number {
  return label < 0 ? 0 : Math.floor(label / COLOURS.length) % SHAPES.length
}

/** Red, green and blue of `#0b62c4`, or of `rgb(11, 98, 196)` as browsers give it. */
export function rgb(colour: string): [number, number, number] {
  if (!colour.startsWith('#')) {
    const [r, g, b] = (colour.match(/[\d.]+/g) ?? []).map(Number)
    return [r, g, b]
  }
  const n = Number.parseInt(colour.slice(1), 16)
  return [n >> 16, (n >> 8) & 255, n & 255]
}
