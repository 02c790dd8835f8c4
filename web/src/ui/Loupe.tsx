/** The loupe over the points. It follows the spot; the points are drawn beneath it as before. */
import { useEffect, useRef } from 'preact/hooks'
import { Lens } from '../plot/lens'
import { useExplorer } from './context'

export function Loupe() {
  const explorer = useExplorer()
  const element = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const { image, networks } = explorer
    if (!element.current || !canvas.current || !image || !networks) return
    const lens = new Lens(explorer, networks, image, element.current, canvas.current)
    return () => lens.close()
  }, [explorer])
  return (
    <div ref={element} class="lens" aria-hidden="true" data-loupe hidden>
      <canvas ref={canvas} />
    </div>
  )
}
