/** The images of a selection as a grid, of which only the rows in sight exist. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { useExplorer } from '../ui/context'
import { Thumbnail } from '../ui/Images'
import { Menu } from '../ui/Menu'
import { type Order, ordered } from './order'

const CELL = 44
const IMAGE = 40
const SPARE_ROWS = 2

export function SelectedImages({ selection }: { selection: Uint32Array }) {
  const { bundle, state } = useExplorer()
  const [order, setOrder] = useState<Order>('typical')
  const [reversed, setReversed] = useState(false)
  const indices = useOrdered(selection, order, reversed)
  const pins = state.pins.value.toReversed().map(({ key, title }) => ({
    value: `pin:${key}`,
    name: `distance to pin ${key} · ${title}`,
  }))
  const columns = bundle.space.columns
    .filter(({ kind }) => kind !== 'text')
    .map(({ name, note }) => ({ value: `column:${name}`, name, note }))
  const choices = [
    { value: 'typical', name: 'how typical' },
    { value: 'column:', name: 'class' },
    ...columns,
    ...pins,
  ]
  return (
    <div>
      <h3>
        images
        <span class="orders">
          <Menu
            label="order of the images"
            term="by"
            value={order}
            choices={choices}
            onChoose={setOrder}
          />
          <button
            type="button"
            class="minor"
            aria-label="the other way round"
            title="the other way round"
            aria-pressed={reversed}
            onClick={() => setReversed(!reversed)}
          >
            {reversed ? '↑' : '↓'}
          </button>
        </span>
      </h3>
      <Grid indices={indices} />
    </div>
  )
}

function useOrdered(selection: Uint32Array, order: Order, reversed: boolean): Uint32Array {
  const { actions, bundle, state } = useExplorer()
  const [indices, setIndices] = useState(selection)
  const pin = state.pins.value.find(({ key }) => order === `pin:${key}`)?.code ?? null
  useEffect(() => {
    let wanted = true
    ordered(bundle, selection, order, pin, reversed).then(
      (found) => wanted && setIndices(found),
      (error) => actions.fail('notice', error),
    )
    return () => {
      wanted = false
    }
  }, [selection, order, pin, reversed, bundle, actions])
  return indices
}

function Grid({ indices }: { indices: Uint32Array }) {
  const { actions, bundle } = useExplorer()
  const scroller = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState({ top: 0, height: 0, columns: 1 })
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const look = () =>
      setSeen({
        top: element.scrollTop,
        height: element.clientHeight,
        columns: Math.max(1, Math.floor(element.clientWidth / CELL)),
      })
    const resized = new ResizeObserver(look)
    resized.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      resized.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])
  const { columns } = seen
  const first = Math.max(0, Math.floor(seen.top / CELL) - SPARE_ROWS) * columns
  const last = (Math.ceil((seen.top + seen.height) / CELL) + SPARE_ROWS) * columns
  return (
    <div ref={scroller} class="selectedImages" tabIndex={0} role="group" aria-label="images">
      <div style={{ height: `${Math.ceil(indices.length / columns) * CELL}px` }}>
        {[...indices.subarray(first, last)].map((index, i) => (
          <button
            key={index}
            type="button"
            class="plain"
            data-image={index}
            style={{
              left: `${((first + i) % columns) * CELL}px`,
              top: `${Math.floor((first + i) / columns) * CELL}px`,
            }}
            aria-label={`pin image ${index}, ${bundle.className(bundle.points.labels[index])}`}
            onPointerEnter={() => actions.hover(index)}
            onPointerLeave={() => actions.hover(-1)}
            onFocus={() => actions.hover(index)}
            onBlur={() => actions.hover(-1)}
            onClick={() => actions.pinPoint(index)}
          >
            <Thumbnail index={index} side={IMAGE} />
          </button>
        ))}
      </div>
    </div>
  )
}
