/** What is seen through the loupe: images of the plane round the spot, each where it is decoded. */
import { effect } from '@preact/signals'
import type { Explorer } from '../explorer/explorer'
import type { Origin } from '../explorer/state'
import type { ImageShape } from '../images/pixels'
import type { Networks } from '../networks/networks'
import { type Camera, pixelsPerUnit, type Screen, toScreen } from '../space/camera'
import { wipe } from './canvas'
import { Decodings } from './decodings'
import { imageWidth, levelFor } from './tiles'

/** Small tiles: few images lie outside of the lens. */
const CUT = { across: 2, pixels: 32 }
const LARGEST = 224
/** Of the plot's shorter side. */
const SHARE = 0.45
/** CSS pixels between images. */
const GAP = 1
/** What moves a spot that is looked at; what tools show has its own marks there. */
const LOOKED_AT: readonly Origin[] = ['pointer', 'keys', 'twin']

export class Lens {
  private readonly decodings: Decodings
  private readonly to: CanvasRenderingContext2D
  private readonly stop: () => void
  private asked = 0

  constructor(
    private readonly explorer: Explorer,
    networks: Networks,
    private readonly shape: ImageShape,
    private readonly element: HTMLElement,
    private readonly canvas: HTMLCanvasElement,
  ) {
    this.to = canvas.getContext('2d') as CanvasRenderingContext2D
    this.decodings = new Decodings(networks, shape, CUT, this.invalidate, (error) =>
      explorer.actions.fail('decoder', error),
    )
    const { state, view } = explorer
    this.stop = effect(() => {
      void [
        view.value,
        state.spot.value,
        state.camera.value,
        state.condition.value,
        state.smooth.value,
      ]
      this.invalidate()
    })
  }

  close(): void {
    this.stop()
    cancelAnimationFrame(this.asked)
    this.decodings.rest()
  }

  /** Draws soon, once however often it is asked. */
  private readonly invalidate = (): void => {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0
      this.draw()
    })
  }

  private draw(): void {
    const place = this.place()
    this.element.hidden = !place
    if (!place) return this.decodings.rest()
    const { state } = this.explorer
    const camera = state.camera.peek()
    const { clientWidth: width, clientHeight: height } = this.element.parentElement as HTMLElement
    const side = this.resize({ width, height })
    const [x, y] = toScreen(camera, { width, height }, ...place)
    this.element.style.transform = `translate(${x - side / 2}px, ${y - side / 2}px)`
    this.element.classList.toggle('marked', state.spot.peek()?.origin !== 'pointer')
    // As large as the plane under it is drawn: the lens does not magnify.
    const zoom = (camera.zoom * Math.min(width, height)) / side
    const above = { ...camera, x: place[0], y: place[1], zoom }
    this.paint({ width: side, height: side }, above)
  }

  private paint(lens: Screen, camera: Camera): void {
    const { filming, label, state, view } = this.explorer
    const { to } = this
    const scale = pixelsPerUnit(camera, lens)
    const apart = scale * imageWidth(levelFor(scale, CUT), CUT)
    wipe(to, lens)
    to.imageSmoothingEnabled = state.smooth.peek() || apart < this.shape.width
    this.decodings.draw(to, view.peek(), label, camera, lens, filming)
    to.fillStyle = getComputedStyle(this.element).color
    const [x, y] = toScreen(camera, lens, 0, 0)
    for (let line = x % apart; line < lens.width; line += apart)
      to.fillRect(line - GAP / 2, 0, GAP, lens.height)
    for (let line = y % apart; line < lens.height; line += apart)
      to.fillRect(0, line - GAP / 2, lens.width, GAP)
  }

  /** Where the spot lies that is looked at; null where none is. */
  private place(): readonly [number, number] | null {
    const { state, view } = this.explorer
    const spot = state.spot.peek()
    if (!spot || !LOOKED_AT.includes(spot.origin)) return null
    // The other of two spaces is looked at while its image is ringed.
    if (spot.origin === 'twin' && state.hovered.peek() < 0) return null
    if (spot.origin === 'pointer' && spot.place) return spot.place
    const { positions } = view.peek()
    if (spot.index !== undefined) return [positions[3 * spot.index], positions[3 * spot.index + 1]]
    const [x, y] = view.peek().place(spot.code) ?? spot.place ?? [NaN, NaN]
    return Number.isFinite(x + y) ? [x, y] : null
  }

  private resize({ width, height }: Screen): number {
    const side = Math.round(Math.min(LARGEST, SHARE * Math.min(width, height)))
    const pixels = Math.round(side * Math.min(2, devicePixelRatio))
    if (this.canvas.width !== pixels) {
      this.canvas.width = this.canvas.height = pixels
      this.element.style.width = this.element.style.height = `${side}px`
    }
    return side
  }
}
