/** Beside a view's axes: what it keeps of codes that have more numbers than are shown. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Kept, whatIsKept } from '../space/honesty'
import { useExplorer } from './context'

const percent = (share: number) =>
  share > 0 && share < 0.01 ? 'under 1 %' : `${Math.round(100 * share)} %`

export function Honesty() {
  const { actions, bundle, view } = useExplorer()
  const { positions, rows } = view.value
  const [kept, setKept] = useState<Kept | null>(null)
  const failed = useRef(false)
  useEffect(() => {
    let over = false
    setKept(null)
    const find = async () => {
      const { neighbours, k } = await bundle.details()
      if (over || k === 0) return
      const found = await whatIsKept(bundle.points, neighbours, k, positions, () => over)
      if (!over) setKept(found)
    }
    const say = (error: unknown) => {
      if (!failed.current) actions.fail('notice', error)
      failed.current = true // said once, and not again with every view
    }
    if (!rows) find().catch(say)
    return () => {
      over = true
    }
  }, [actions, bundle, positions, rows])
  if (!kept) return null
  const each = bundle.points.count > 10 ? 'ten ' : ''
  return (
    <span
      class="honesty"
      tabIndex={0}
      title={
        `Spread: the share of the codes’ variance that a place here tells. Neighbours: of the ` +
        `${each}nearest codes of a code, how many are nearest here as well; ${kept.asked} codes were asked.`
      }
    >
      shows {percent(kept.spread)} of the spread · keeps {percent(kept.neighbours)} of neighbours
    </span>
  )
}
