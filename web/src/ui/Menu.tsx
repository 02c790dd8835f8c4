/** A choice among many, with its name before it. */
export interface Choice {
  readonly value: string
  readonly name: string
  readonly note?: string
}

/** Choices of one kind, under a heading. */
export interface Group {
  readonly heading: string
  readonly choices: readonly Choice[]
}

interface Menued {
  readonly label: string
  /** What stands before it; nothing where its choice says enough. */
  readonly term?: string
  readonly title?: string
  readonly value: string
  readonly choices: readonly (Choice | Group)[]
  onChoose(value: string): void
}

export function Menu({ label, term, title, value, choices, onChoose }: Menued) {
  return (
    <label title={title}>
      {term && <span class="term">{term}</span>}
      <select
        aria-label={label}
        value={value}
        onChange={(event) => {
          onChoose(event.currentTarget.value)
          // What does something and is not kept, such as saving, is not shown as chosen.
          event.currentTarget.value = value
        }}
      >
        {choices.map((choice) =>
          'heading' in choice ? (
            <optgroup key={choice.heading} label={choice.heading}>
              {choice.choices.map(optionOf)}
            </optgroup>
          ) : (
            optionOf(choice)
          ),
        )}
      </select>
    </label>
  )
}

function optionOf({ value, name, note }: Choice) {
  return (
    <option key={value} value={value} title={note}>
      {name}
    </option>
  )
}
