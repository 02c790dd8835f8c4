/** The open tool below the plot, one row high; it folds away. */
import type { ComponentType } from 'preact'
import type { ToolName } from '../explorer/state'
import { useExplorer } from '../ui/context'
import { Draw } from './Draw'
import { Path } from './Path'
import { Sample } from './Sample'
import { Sliders } from './Sliders'

interface Tool {
  readonly name: ToolName
  readonly title: string
  readonly needs: 'decoder' | 'encoder'
  readonly part: ComponentType
  /** Whether it holds a person's own work, which closing it must not erase. */
  readonly stays?: boolean
}

const TOOLS: readonly Tool[] = [
  { name: 'sliders', title: 'Sliders', needs: 'decoder', part: Sliders },
  { name: 'path', title: 'Path', needs: 'decoder', part: Path },
  { name: 'draw', title: 'Draw', needs: 'encoder', part: Draw, stays: true },
  { name: 'sample', title: 'Sample', needs: 'decoder', part: Sample },
]

export function Tools() {
  const { actions, state, bundle } = useExplorer()
  const tools = TOOLS.filter(({ needs }) => bundle.space[needs])
  const open = tools.find(({ name }) => name === state.tool.value)
  if (tools.length === 0) return null
  return (
    <footer class="tools">
      <nav aria-label="tools">
        {tools.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            aria-pressed={open?.name === name}
            onClick={() => actions.toggleTool(name)}
          >
            {title}
          </button>
        ))}
      </nav>
      {tools
        .filter((tool) => tool === open || tool.stays)
        .map((tool) => (
          <section
            key={tool.name}
            class={tool === open ? 'tool' : ''}
            aria-label={tool.title}
            hidden={tool !== open}
          >
            <tool.part />
          </section>
        ))}
    </footer>
  )
}
