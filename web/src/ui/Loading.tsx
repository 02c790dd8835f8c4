/** What stands in place of the page while it loads, and when it cannot. */
import type { Signal } from '@preact/signals'

export function Loading({ progress }: { progress: Signal<number> }) {
  return (
    <main class="waiting" aria-busy="true">
      <p>Reading the space …</p>
      <progress aria-label="points read" max={1} value={progress.value} />
    </main>
  )
}

export function Failure({ sentence }: { sentence: string }) {
  return (
    <main class="waiting">
      <h1>This space cannot be shown</h1>
      <p role="alert">{sentence}</p>
    </main>
  )
}
