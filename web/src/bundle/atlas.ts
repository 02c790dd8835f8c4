/** Thumbnails cut from atlases, each atlas fetched when first needed. */
import type { Space } from './space'

type Layout = NonNullable<Space['atlas']>

export class Atlas {
  readonly width: number
  readonly height: number
  private sheets: (ImageBitmap | 'coming' | 'failed' | undefined)[] = []
  private waiting = new Set<() => void>()
  private loading = new Map<number, Promise<void>>()
  /** Told of what cannot be read. */
  failed: (error: Error) => void = () => undefined

  constructor(
    private readonly layout: Layout,
    private readonly bytes: (name: string) => Promise<ArrayBuffer>,
  ) {
    this.width = layout.width
    this.height = layout.height
  }

  /** Calls back whenever another atlas has come, until the returned function is called. */
  onArrival(callback: () => void): () => void {
    this.waiting.add(callback)
    return () => this.waiting.delete(callback)
  }

  /** Draws thumbnail `index`; false where its atlas is still to come. */
  draw(
    to: CanvasRenderingContext2D,
    index: number,
    x: number,
    y: number,
    w: number,
    h: number,
  ): boolean {
    const sheet = this.sheet(Math.floor(index / this.layout.each))
    if (!sheet) return false
    const { columns, each, width, height } = this.layout
    const tile = index % each
    const left = (tile % columns) * width
    const top = Math.floor(tile / columns) * height
    to.drawImage(sheet, left, top, width, height, x, y, w, h)
    return true
  }

  /** Waits until these thumbnails can be drawn, as far as they can be read. */
  async bring(indices: Iterable<number>): Promise<void> {
    const sheets = new Set<number>()
    for (const index of indices) sheets.add(Math.floor(index / this.layout.each))
    await Promise.all([...sheets].map((number) => this.load(number)))
  }

  private sheet(number: number): ImageBitmap | null {
    const sheet = this.sheets[number]
    if (sheet === undefined) void this.load(number)
    return sheet instanceof ImageBitmap ? sheet : null
  }

  private load(number: number): Promise<void> {
    let loading = this.loading.get(number)
    if (!loading) this.loading.set(number, (loading = this.loadOnce(number)))
    return loading
  }

  private async loadOnce(number: number): Promise<void> {
    const name = this.layout.files[number]
    if (!name) return
    this.sheets[number] = 'coming'
    try {
      const bytes = await this.bytes(name)
      this.sheets[number] = await createImageBitmap(new Blob([bytes])).catch(() => {
        throw new Error(`${name} is damaged; export the run again`)
      })
    } catch (error) {
      this.sheets[number] = 'failed'
      this.failed(error as Error)
    }
    for (const callback of this.waiting) callback()
  }
}
