/** Behind the points: what the decoder makes of the plane, and the chosen field. */
import type { Explorer } from '../explorer/explorer'
import { rgb } from '../images/palette'
import type { Field } from '../space/fields'
import type { Screen } from '../space/camera'
import { wipe } from './canvas'
import { Decodings } from './decodings'
import { drawField, fieldImage } from './fieldLayer'

const CUT = { across: 4, pixels: 44 }

export class Background {
  private readonly decodings: Decodings | null
  private field: { image: HTMLCanvasElement; bounds: Field['bounds'] } | null = null
  private painted = false

  constructor(
    private readonly explorer: Explorer,
    private readonly layer: CanvasRenderingContext2D,
    decoded: () => void,
  ) {
    const { networks, image, bundle } = explorer
    this.decodings =
      networks && image && bundle.space.decoder
        ? new Decodings(networks, image, CUT, decoded, (error) =>
            explorer.actions.fail('decoder', error),
          )
        : null
  }

  /** Makes the picture of a field. */
  paint(field: Field | null, accent: string): void {
    this.field = field && { image: fieldImage(field, rgb(accent)), bounds: field.bounds }
  }

  /** Draws both, or nothing where they are not wanted. */
  draw(screen: Screen, wanted: boolean): void {
    const { state, view } = this.explorer
    const camera = state.camera.peek()
    const map = state.look.peek() === 'map' && view.peek().axes.length > 1 && this.decodings
    // A canvas that stays empty costs nothing, one that is wiped again and again does.
    const draws = wanted && Boolean(map || this.field)
    if (draws || this.painted) wipe(this.layer, screen)
    this.painted = draws
    if (!draws) return
    const { filming, label } = this.explorer
    this.layer.imageSmoothingEnabled = true
    if (map) map.draw(this.layer, view.peek(), label, camera, screen, filming)
    if (this.field) drawField(this.layer, this.field.image, this.field.bounds, camera, screen)
  }
}
