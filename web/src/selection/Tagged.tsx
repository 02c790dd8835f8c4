/** One's own words on selections: given here, selected again from here, and saved with the table. */
import { useState } from 'preact/hooks'
import { useExplorer } from '../ui/context'

export function Tagged() {
  const { actions, state } = useExplorer()
  const [word, setWord] = useState('')
  const selection = state.selection.value
  const tags = state.tags.value
  if (!selection && tags.size === 0) return null
  return (
    <div>
      <h3>tags</h3>
      {selection && (
        <form
          class="buttons"
          onSubmit={(event) => {
            event.preventDefault()
            actions.tag(word.trim(), selection)
            setWord('')
          }}
        >
          <input
            type="text"
            aria-label="a word for this selection"
            placeholder="a word for these"
            value={word}
            onInput={(event) => setWord(event.currentTarget.value)}
          />
          <button type="submit" disabled={!word.trim()}>
            tag
          </button>
        </form>
      )}
      <ul class="tags">
        {[...tags].map(([tag, indices]) => (
          <li key={tag}>
            <button type="button" title="select these" onClick={() => actions.select(indices)}>
              <bdi>{tag}</bdi> <span class="quiet">{indices.length.toLocaleString('en')}</span>
            </button>
            <button
              type="button"
              class="minor"
              aria-label={`remove the tag ${tag}`}
              onClick={() => actions.tag(tag, null)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
