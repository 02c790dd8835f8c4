/** Below the decoded image: pins, or the open tool, which scrolls in itself. The plot keeps its size. */
import type { ComponentType } from 'preact'
import type { Space } from '../bundle/space'
import type { ToolName } from '../explorer/state'
import { useExplorer, useLabel } from '../ui/context'
import { later } from '../ui/later'
import { Pins } from '../ui/Pins'
import { Draw } from './Draw'
import { Path } from './Path'
import { Sample } from './Sample'
import { Selection } from './Selection'
import { Sliders } from './Sliders'

interface Tool {
  /** Pins are there where no tool is open. */
  readonly name: ToolName | null
  readonly title: string
  readonly needs?: 'decoder' | 'encoder'
  readonly part: ComponentType
  /** Whether it holds a person's own work, which closing it must not erase. */
  readonly stays?: boolean
}

const TOOLS: readonly Tool[] = [
  { name: null, title: 'Pins', part: Pins, stays: true },
  { name: 'selection', title: 'Selection', part: Selection },
  { name: 'sliders', title: 'Sliders', needs: 'decoder', part: Sliders },
  { name: 'path', title: 'Path', needs: 'decoder', part: Path },
  { name: 'draw', title: 'Draw', needs: 'encoder', part: Draw, stays: true },
  {
    name: 'move',
    title: 'Move',
    needs: 'encoder',
    part: later(async () => (await import('./Move')).Move),
  },
  { name: 'sample', title: 'Sample', needs: 'decoder', part: Sample },
]

export function Tools() {
  const { actions, state, bundle } = useExplorer()
  const label = useLabel('tools')
  const tools = TOOLS.filter(({ needs }) => !needs || bundle.space[needs satisfies keyof Space])
  const open = tools.find(({ name }) => name === state.tool.value) ?? tools[0]
  return (
    <div class="tools">
      <nav aria-label={label}>
        {tools.map(({ name, title }) => (
          <button
            key={title}
            type="button"
            aria-pressed={open.name === name}
            onClick={() => actions.openTool(name)}
          >
            {title}
          </button>
        ))}
      </nav>
      {tools
        .filter((tool) => tool === open || tool.stays)
        .map((tool) => (
          <section key={tool.title} class="tool" aria-label={tool.title} hidden={tool !== open}>
            <tool.part />
          </section>
        ))}
    </div>
  )
}
