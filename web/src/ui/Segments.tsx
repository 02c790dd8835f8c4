/** A few choices beside each other, one of them pressed. */
interface Choice<T> {
  readonly value: T
  readonly name: string
  readonly title?: string
}

interface Segmented<T> {
  readonly label: string
  readonly choices: readonly Choice<T>[]
  readonly value: T
  onChoose(value: T): void
}

export function Segments<T extends string | boolean | null>({
  label,
  choices,
  value,
  onChoose,
}: Segmented<T>) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {choices.map((choice) => (
        <button
          key={String(choice.value)}
          type="button"
          title={choice.title}
          aria-pressed={choice.value === value}
          onClick={() => onChoose(choice.value)}
        >
          {choice.name}
        </button>
      ))}
    </div>
  )
}
