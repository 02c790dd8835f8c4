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
/** The last is for unlabelled points alone: a colour of their own would be one more grey. */
export const SHAPES = ['●', '■', '▲', '◆', '✚', '○'] as const
const OF_CLASSES = SHAPES.length - 1

export function colourOf(label: number): string {
  return label < 0 ? NEUTRAL : COLOURS[label % COLOURS.length]
}

export function shapeOf(label: number): number {
  return label < 0 ? OF_CLASSES : Math.floor(label / COLOURS.length) % OF_CLASSES
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

/** Relative luminance, as WCAG 2 defines it. */
export function luminance(colour: string): number {
  const [r, g, b] = rgb(colour).map((byte) => {
    const share = byte / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const GROUNDS = { light: '#fbfbfa', dark: '#131416' } as const
/** Below this, a shape is hard to see on its ground (WCAG 2, 1.4.11). */
export const LEAST_CONTRAST = 3

/** Style classes for a sign of this class: on which grounds it needs an outline. */
export function outlineOf(label: number): string {
  const colour = colourOf(label)
  return (['light', 'dark'] as const)
    .filter((ground) => contrast(colour, GROUNDS[ground]) < LEAST_CONTRAST)
    .map((ground) => `faintOn-${ground}`)
    .join(' ')
}
