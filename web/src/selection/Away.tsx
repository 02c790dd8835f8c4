/** A selection taken along: as a table, as a list of ids, as a picture. */
import { useExplorer } from '../ui/context'
import { save, saveCanvas } from '../explorer/save'
import { MOST_IMAGES, sheetOf } from './sheet'
import { tableOf } from './table'

export function Away({ selection }: { selection: Uint32Array }) {
  const { actions, bundle, state } = useExplorer()
  const { name } = bundle.space
  const saving = (make: () => Promise<void>) => () =>
    void make().catch((error) => actions.fail('notice', error))
  const table = async () => {
    const text = await tableOf(bundle, selection, state.tags.value)
    save(`${name}-selection.csv`, new Blob([text], { type: 'text/csv' }))
  }
  const ids = async () => {
    const details = await bundle.details()
    const text = [...selection].map((index) => `${details.ids.at(index)}\n`).join('')
    save(`${name}-ids.txt`, new Blob([text], { type: 'text/plain' }))
  }
  const picture = async () => {
    if (!bundle.atlas) return
    const shown = selection.subarray(0, MOST_IMAGES)
    await saveCanvas(`${name}-selection.png`, await sheetOf(bundle.atlas, shown))
    if (shown.length < selection.length)
      actions.tell(`The picture holds the first ${MOST_IMAGES.toLocaleString('en')} images.`)
  }
  return (
    <p class="buttons">
      <span class="term">save</span>
      <button
        type="button"
        title="id, label, tags, columns and code of each"
        onClick={saving(table)}
      >
        CSV
      </button>
      <button type="button" title="one id a line" onClick={saving(ids)}>
        ids
      </button>
      {bundle.atlas && (
        <button type="button" title="the images beside each other" onClick={saving(picture)}>
          PNG
        </button>
      )}
    </p>
  )
}
