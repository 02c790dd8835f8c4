/** Keeps the decoded tiles of the map, asks for those that come into sight, and draws them. */
import type { Filming } from '../explorer/filming'
import type { Networks } from '../networks/networks'
import type { View } from '../space/views'
import { imageToCanvas, type ImageShape } from '../images/pixels'
import { type Camera, pixelsPerUnit, type Screen, toPlace, toScreen } from '../space/camera'
import { type Cut, keyOf, levelFor, placesOf, type Tile, tilesWithin, tileWidth } from './tiles'

const MOST_TILES = 600

export class Decodings {
  private tiles = new Map<string, HTMLCanvasElement | 'coming'>()
  private wanted = new Set<string>()
  private of = ''

  constructor(
    private readonly networks: Networks,
    private readonly shape: ImageShape,
    private readonly cut: Cut,
    private readonly arrived: () => void,
    private readonly failed: (error: Error) => void,
  ) {}

  draw(
    to: CanvasRenderingContext2D,
    view: View,
    label: number | null,
    camera: Camera,
    screen: Screen,
    { decoder, epoch }: Pick<Filming, 'decoder' | 'epoch'>,
  ): void {
    // Two numbers are decoded where they are; of more, the rest comes from points that move.
    const moment = view.rows && view.axes.length > view.shown.length ? epoch : ''
    this.forget(`${view.name} ${view.shown.join()} ${label} ${decoder} ${moment}`)
    const scale = pixelsPerUnit(camera, screen)
    const level = levelFor(scale, this.cut)
    const [left, top] = toPlace(camera, screen, 0, 0)
    const [right, bottom] = toPlace(camera, screen, screen.width, screen.height)
    for (let coarse = Math.max(-2, level - 3); coarse < level; coarse++) {
      for (const tile of tilesWithin(coarse, left, bottom, right, top))
        this.paint(to, tile, camera, screen)
    }
    const visible = tilesWithin(level, left, bottom, right, top)
    this.wanted = new Set(visible.map(keyOf))
    for (const tile of visible) {
      this.paint(to, tile, camera, screen)
      if (!this.tiles.has(keyOf(tile))) void this.decode(tile, view, label, decoder)
    }
  }

  /** What has been asked for and has not begun is no longer wanted. */
  rest(): void {
    this.wanted = new Set()
  }

  private paint(to: CanvasRenderingContext2D, tile: Tile, camera: Camera, screen: Screen): void {
    const image = this.tiles.get(keyOf(tile))
    if (!(image instanceof HTMLCanvasElement)) return
    const width = tileWidth(tile.level)
    const [column, row] = [tile.column * width, tile.row * width]
    // On whole pixels of the canvas, since some browsers leave a seam between others.
    const ratio = to.canvas.width / screen.width
    const corner = (x: number, y: number) =>
      toScreen(camera, screen, x, y).map((at) => Math.round(at * ratio) / ratio)
    const [left, top] = corner(column, row + width)
    const [right, bottom] = corner(column + width, row)
    to.drawImage(image, left, top, right - left, bottom - top)
  }

  private async decode(
    tile: Tile,
    view: View,
    label: number | null,
    decoder?: string,
  ): Promise<void> {
    const key = keyOf(tile)
    const { of } = this
    const mine = this.tiles
    mine.set(key, 'coming')
    const found = placesOf(tile, this.cut.across).map(([x, y]) => view.codeAt(x, y).code)
    const codes = new Float32Array(found.length * found[0].length)
    found.forEach((code, i) => codes.set(code, i * code.length))
    const stale = () => {
      const unwanted = this.of !== of || !this.wanted.has(key)
      if (unwanted) mine.delete(key)
      return unwanted
    }
    try {
      const images = await this.networks.decode(codes, label, stale, decoder)
      mine.set(key, this.sheet(images))
      for (const oldest of mine.keys()) {
        if (mine.size <= MOST_TILES) break
        if (!this.wanted.has(oldest)) mine.delete(oldest)
      }
      this.arrived()
    } catch (error) {
      this.failed(error as Error)
    }
  }

  private sheet(images: Float32Array): HTMLCanvasElement {
    const { channels, width, height } = this.shape
    const { across } = this.cut
    const sheet = document.createElement('canvas')
    sheet.width = across * width
    sheet.height = across * height
    const to = sheet.getContext('2d') as CanvasRenderingContext2D
    const size = channels * width * height
    for (let i = 0; i < across * across; i++) {
      const image = imageToCanvas(images.subarray(i * size, (i + 1) * size), this.shape)
      to.drawImage(image, (i % across) * width, Math.floor(i / across) * height)
    }
    return sheet
  }

  private forget(of: string): void {
    if (this.of === of) return
    this.of = of
    this.tiles = new Map()
  }
}
