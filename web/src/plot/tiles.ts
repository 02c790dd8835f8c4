/**
 * The map of decodings: the plane is cut into tiles of so many images across and down, at every level
 * half as large as at the one before. Coarse tiles are shown until finer ones are there.
 */
export interface Cut {
  /** Images in a row of a tile. */
  readonly across: number
  /** CSS pixels that an image is to be wide, nearly. */
  readonly pixels: number
}

export interface Tile {
  readonly level: number
  readonly column: number
  readonly row: number
}

/** Width of a level-0 tile, in places. */
const WIDTH = 2

export function tileWidth(level: number): number {
  return WIDTH / 2 ** level
}

/** Width of a tile's images, in places. */
export function imageWidth(level: number, { across }: Cut): number {
  return tileWidth(level) / across
}

/** The level at which one image is drawn nearest to as wide as it is to be. */
export function levelFor(pixelsPerUnit: number, { across, pixels }: Cut): number {
  return Math.max(-2, Math.round(Math.log2((pixelsPerUnit * WIDTH) / across / pixels)))
}

/** Tiles of a level that meet a rectangle, those nearest to its middle first. */
export function tilesWithin(
  level: number,
  left: number,
  bottom: number,
  right: number,
  top: number,
): Tile[] {
  const width = tileWidth(level)
  const tiles: Tile[] = []
  for (let row = Math.floor(bottom / width); row * width < top; row++) {
    for (let column = Math.floor(left / width); column * width < right; column++) {
      tiles.push({ level, column, row })
    }
  }
  const middle = [(left + right) / 2 / width - 0.5, (bottom + top) / 2 / width - 0.5]
  const far = (tile: Tile) => Math.hypot(tile.column - middle[0], tile.row - middle[1])
  return tiles.sort((a, b) => far(a) - far(b))
}

/** The places of a tile's images, from its top left to its bottom right. */
export function placesOf({ level, column, row }: Tile, across: number): [number, number][] {
  const width = tileWidth(level)
  const places: [number, number][] = []
  for (let r = 0; r < across; r++) {
    for (let c = 0; c < across; c++) {
      places.push([(column + (c + 0.5) / across) * width, (row + 1 - (r + 0.5) / across) * width])
    }
  }
  return places
}

export function keyOf({ level, column, row }: Tile): string {
  return `${level}/${column}/${row}`
}
