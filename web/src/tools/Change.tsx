/** How much the image changes from step to step along a path: a bar a step, and their sum. */
import { useEffect, useState } from 'preact/hooks'
import { changesAlong } from '../space/shortPaths'
import { useExplorer } from '../ui/context'
import { changing } from './landmarks'

const HEIGHT = 24

export function Change({ path }: { path: readonly Float32Array[] }) {
  const changes = useChanges(path)
  const decoders = useExplorer().bundle.space.ensemble?.decoders
  if (!changes) return null
  const most = Math.max(...changes)
  const total = changes.reduce((sum, change) => sum + change, 0)
  return (
    <p
      class="change"
      title={`how far the image goes in each step: the root of the sum of squares over its pixels, from 0 to 1 each${decoders ? `, in the mean of ${decoders} decoders` : ''}`}
    >
      <svg
        viewBox={`0 0 ${changes.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {changes.map((change, i) => {
          const height = (HEIGHT * change) / (most || 1)
          return <rect key={i} x={i + 0.1} y={HEIGHT - height} width={0.8} height={height} />
        })}
      </svg>
      <span class="number" data-change>
        changes by {total.toPrecision(3)} in all
      </span>
    </p>
  )
}

function useChanges(path: readonly Float32Array[]): number[] | null {
  const explorer = useExplorer()
  const { label } = explorer
  const [changes, setChanges] = useState<number[] | null>(null)
  useEffect(() => {
    const { actions, networks } = explorer
    let wanted = true
    if (networks) {
      changesAlong(
        path,
        changing(explorer, () => !wanted),
      ).then(
        (found) => wanted && setChanges(found),
        (error) => actions.fail('notice', error),
      )
    }
    return () => {
      wanted = false
    }
  }, [path, label, explorer])
  return changes
}
