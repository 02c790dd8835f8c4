/** Turns pointer, wheel and touch events into what a person means by them. */
export interface Meaning {
  /** The pointer is over a spot, or pressed on it by a finger. */
  over(x: number, y: number, touch: boolean): void
  left(): void
  /** A click or tap that did not move. */
  tapped(x: number, y: number, touch: boolean): void
  dragged(dx: number, dy: number): void
  zoomed(x: number, y: number, by: number): void
  /** A drag that selects, with all its spots so far. */
  outlined(spots: readonly [number, number][], finished: boolean): void
  /** Whether there is something at a spot that a drag takes along. */
  grabs(x: number, y: number): boolean
  pulled(x: number, y: number): void
  /** Whether this drag selects instead of moving the view. */
  selects(event: PointerEvent): boolean
}

const STILL = 5

export function listen(element: HTMLElement, meaning: Meaning): void {
  const down = new Map<number, [number, number]>()
  let travelled = 0
  let pulling = false
  let outline: [number, number][] | null = null

  const spot = (event: MouseEvent): [number, number] => {
    const box = element.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    element.setPointerCapture(event.pointerId)
    down.set(event.pointerId, spot(event))
    if (down.size > 1) {
      outline = null
      travelled = Infinity
      return
    }
    travelled = 0
    pulling = meaning.grabs(...spot(event))
    if (pulling) return
    outline = meaning.selects(event) ? [spot(event)] : null
    if (event.pointerType === 'touch') meaning.over(...spot(event), true)
  })

  element.addEventListener('pointermove', (event) => {
    const [x, y] = spot(event)
    const last = down.get(event.pointerId)
    if (!last) {
      if (event.pointerType !== 'touch') meaning.over(x, y, false)
      return
    }
    down.set(event.pointerId, [x, y])
    travelled += Math.hypot(x - last[0], y - last[1])
    if (pulling && down.size === 1) meaning.pulled(x, y)
    else if (down.size === 2) pinch(event.pointerId, last)
    else if (outline) {
      outline.push([x, y])
      meaning.outlined(outline, false)
    } else if (event.pointerType === 'touch') meaning.over(x, y, true)
    else if (travelled > STILL) meaning.dragged(x - last[0], y - last[1])
  })

  const pinch = (moved: number, last: [number, number]) => {
    const other = [...down].find(([id]) => id !== moved)?.[1]
    const here = down.get(moved)
    if (!other || !here) return
    const before = Math.hypot(last[0] - other[0], last[1] - other[1])
    const after = Math.hypot(here[0] - other[0], here[1] - other[1])
    meaning.zoomed((here[0] + other[0]) / 2, (here[1] + other[1]) / 2, after / Math.max(1, before))
    meaning.dragged((here[0] - last[0]) / 2, (here[1] - last[1]) / 2)
  }

  const up = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return
    if (outline) {
      if (travelled > STILL) meaning.outlined(outline, true)
      outline = null
    }
    if (event.type === 'pointerup' && travelled <= STILL && !pulling)
      meaning.tapped(...spot(event), event.pointerType === 'touch')
  }
  element.addEventListener('pointerup', up)
  element.addEventListener('pointercancel', up)
  element.addEventListener('pointerleave', () => meaning.left())
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
      meaning.zoomed(...spot(event), Math.exp(-event.deltaY * lines * 0.0015))
    },
    { passive: false },
  )
}
