/** What is selected: its images, its columns, what sets it apart, and how to take it along. */
import { useExplorer } from '../ui/context'
import { Away } from '../selection/Away'
import { Beside } from '../selection/Beside'
import { Differs } from '../selection/Differs'
import { SelectedImages } from '../selection/SelectedImages'
import { Tagged } from '../selection/Tagged'

export function Selection() {
  const { bundle, state } = useExplorer()
  const selection = state.selection.value
  if (!selection) {
    return (
      <>
        <p class="quiet">
          Choose ◌ or ▢ above the plot, or hold Shift, and drag round points. By keys: b, arrows, b.
        </p>
        <Tagged />
      </>
    )
  }
  return (
    <>
      {bundle.atlas && <SelectedImages selection={selection} />}
      <Beside selection={selection} />
      <Differs selection={selection} />
      <Away selection={selection} />
      <Tagged />
    </>
  )
}
