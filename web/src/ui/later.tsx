/** Parts of the page that are loaded when they are first shown. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useExplorer } from './context'

export function later(load: () => Promise<ComponentType>): ComponentType {
  return function Later() {
    const { actions } = useExplorer()
    const [loaded, setLoaded] = useState<{ readonly Part: ComponentType } | null>(null)
    useEffect(() => {
      load().then(
        (Part) => setLoaded({ Part }),
        (error) => actions.fail('notice', error),
      )
    }, [actions])
    return loaded && <loaded.Part />
  }
}
