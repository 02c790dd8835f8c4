/** The list of keys, and the search. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { nameOf } from '../bundle/columns'
import { shownOf } from '../bundle/space'
import { KEYS } from '../explorer/keys'
import { countsOf, legendOf } from '../explorer/legend'
import type { DialogName } from '../explorer/state'
import { rowsFound } from '../explorer/search'
import { codeOf } from '../space/points'
import { useExplorer } from './context'
import { Thumbnail } from './Images'
import { CategoryButton } from './Legend'

const MOST = 24

export function Dialogs() {
  const { state } = useExplorer()
  if (state.dialog.value === 'keys') return <Keys />
  if (state.dialog.value === 'find') return <Find />
  if (state.dialog.value === 'legend') return <AllCategories />
  return null
}

interface DialogParts {
  readonly name: DialogName
  readonly title: string
  readonly children: ComponentChildren
}

function Dialog({ name, title, children }: DialogParts) {
  const { actions } = useExplorer()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => actions.closeDialog(name)
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <h2>
        {title}
        <button type="button" class="minor" aria-label="close" onClick={close}>
          ×
        </button>
      </h2>
      {children}
    </dialog>
  )
}

function Keys() {
  const { bundle } = useExplorer()
  return (
    <Dialog name="keys" title="keys">
      <dl>
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">
        {shownOf(bundle.space)} codes of {bundle.points.size} numbers. A point is an image that the
        encoder put there; the decoder runs in this page and turns any spot back into an image.
      </p>
    </Dialog>
  )
}

function AllCategories() {
  const { columns } = useExplorer()
  const [text, setText] = useState('')
  const column = columns.chosen.value
  if (!column.labels) return null
  const sought = text.trim().toLowerCase()
  const counts = countsOf(column, columns.besides.value)
  const found = legendOf(column).more.filter((label) =>
    nameOf(column, label).toLowerCase().includes(sought),
  )
  const title = column.name || 'class'
  return (
    <Dialog name="legend" title={column.name || 'classes'}>
      <input
        type="search"
        autofocus
        placeholder={title}
        aria-label={title}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <ul class="found">
        {found.map((label) => (
          <li key={label}>
            <CategoryButton column={column} label={label} count={counts[label + 1]} />
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="quiet">no {title} has that name</p>}
    </Dialog>
  )
}

function Find() {
  const explorer = useExplorer()
  const [text, setText] = useState('')
  const [matches, setMatches] = useState<{ index: number; id: string }[]>([])
  useEffect(() => {
    let wanted = true
    const search = async () => {
      const details = await explorer.bundle.details()
      const rows = rowsFound(text, explorer.bundle, details, MOST)
      if (wanted) setMatches(rows.map((index) => ({ index, id: details.ids.at(index) })))
    }
    search().catch((error) => explorer.actions.fail('notice', error))
    return () => {
      wanted = false
    }
  }, [text, explorer])
  const choose = (index: number) => {
    const { actions, bundle } = explorer
    actions.pinPoint(index)
    actions.go({ code: codeOf(bundle.points, index), origin: 'pin', certainty: 'exact' })
    actions.closeDialog('find')
  }
  return (
    <Dialog name="find" title="find">
      <input
        type="search"
        autofocus
        placeholder="id or class"
        aria-label="id or class"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && matches[0] && choose(matches[0].index)}
      />
      <ul class="found">
        {matches.map(({ index, id }) => (
          <li key={index}>
            <button type="button" onClick={() => choose(index)}>
              <Thumbnail index={index} side={32} title={id} />
              <span>{explorer.bundle.className(explorer.bundle.points.labels[index])}</span>
              <span class="quiet">{id}</span>
            </button>
          </li>
        ))}
      </ul>
      {text && matches.length === 0 && <p class="quiet">nothing has that id or class</p>}
    </Dialog>
  )
}
