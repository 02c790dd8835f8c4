/** The decoded image once more, small, beside the pointer. */
import { useEffect, useRef } from 'preact/hooks'
import { fitted } from '../images/pixels'
import { useExplorer } from './context'
import { Pixels, Thumbnail } from './Images'

const SIDE = 56
const AWAY = 18

export function Ghost() {
  const { state, image, bundle } = useExplorer()
  const holder = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const space = holder.current?.parentElement?.querySelector('[data-space]') as HTMLElement
    const follow = (event: PointerEvent) => {
      const ghost = holder.current
      if (!ghost) return
      const box = space.getBoundingClientRect()
      const [x, y] = [event.clientX - box.left, event.clientY - box.top]
      const right = x + AWAY + SIDE < box.width ? x + AWAY : x - AWAY - SIDE
      const up = y - AWAY - SIDE > 0 ? y - AWAY - SIDE : y + AWAY
      ghost.style.transform = `translate(${right}px, ${up}px)`
      ghost.hidden = false
    }
    const hide = () => {
      if (holder.current) holder.current.hidden = true
    }
    space.addEventListener('pointermove', follow)
    space.addEventListener('pointerleave', hide)
    return () => {
      space.removeEventListener('pointermove', follow)
      space.removeEventListener('pointerleave', hide)
    }
  }, [])

  const shape = bundle.space.decoder ? image : bundle.atlas
  if (!shape || (!bundle.space.decoder && state.hovered.value < 0))
    return <div ref={holder} hidden />
  const [width] = fitted(shape, SIDE)
  return (
    <div
      ref={holder}
      class={state.spot.value?.origin === 'pointer' ? 'ghost' : 'ghost away'}
      style={{ width: `${width}px` }}
      hidden
      aria-hidden="true"
    >
      {bundle.space.decoder ? (
        <Pixels image={state.decoded.value} side={SIDE} />
      ) : (
        <Thumbnail index={state.hovered.value} side={SIDE} />
      )}
    </div>
  )
}
