/** The place of the training below the plot, which what plays it is loaded into. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Film } from '../bundle/film'
import { useExplorer, useLabel } from './context'

interface Loaded {
  readonly Track: ComponentType<{ film: Film }>
  readonly film: Film
}

export function FilmRow() {
  const { actions, bundle, filming } = useExplorer()
  const label = useLabel('the training')
  const [loaded, setLoaded] = useState<Loaded | null>(null)
  useEffect(() => {
    if (!bundle.space.film) return
    Promise.all([import('./Track'), filming.open()]).then(
      ([{ Track }, film]) => setLoaded({ Track, film }),
      (error) => actions.fail('notice', error),
    )
  }, [actions, bundle, filming])
  if (!bundle.space.film) return null
  return (
    <section class="film" aria-label={label}>
      {loaded && <loaded.Track film={loaded.film} />}
    </section>
  )
}
