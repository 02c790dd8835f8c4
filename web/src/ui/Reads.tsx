/** Which class an image reads as, as far as the bundle has a judge that can say so. */
import { useEffect, useState } from 'preact/hooks'
import type { Bundle } from '../bundle/open'
import type { Reading } from '../networks/networks'
import { useExplorer } from './context'

/** What the image that is decoded now reads as. */
export function ReadsAs() {
  const { bundle, state } = useExplorer()
  const reading = state.reading.value
  if (!reading || !bundle.space.judge) return null
  return (
    <p class="reads" title={meaning(bundle, reading)}>
      <span class="term">reads as</span>
      {reading.legible
        ? `${bundle.className(reading.label)} (${surely(reading)})`
        : `none of them, most like ${bundle.className(reading.label)}`}
    </p>
  )
}

/** The same of any image, in a word. */
export function ReadsBriefly({ image }: { image: Float32Array | null }) {
  const { bundle } = useExplorer()
  const reading = useReading(image)
  if (!bundle.space.judge) return null
  return (
    <span class="readsBriefly" title={reading ? meaning(bundle, reading) : ''} data-reads>
      {reading ? (reading.legible ? bundle.className(reading.label) : 'none') : ''}
    </span>
  )
}

/** A reading in words, as it is said aloud. */
export function spokenReading(bundle: Bundle, { legible, label, sure }: Reading): string {
  const name = bundle.className(label)
  return legible ? `reads as ${name}, ${Math.round(100 * sure)} %` : 'reads as none of them'
}

function useReading(image: Float32Array | null): Reading | null {
  const { actions, bundle, networks } = useExplorer()
  const [reading, setReading] = useState<Reading | null>(null)
  useEffect(() => {
    let wanted = true
    if (image && networks && bundle.space.judge) {
      networks.read(image).then(
        (found) => wanted && setReading(found),
        (error) => actions.fail('notice', error),
      )
    }
    return () => {
      wanted = false
    }
  }, [image, networks, bundle, actions])
  return image ? reading : null
}

function surely({ sure }: Reading): string {
  return sure > 0.99 ? '> 99 %' : `${Math.round(100 * sure)} %`
}

function meaning(bundle: Bundle, { ordinary, label, sure, legible }: Reading): string {
  const { accuracy, limit } = bundle.space.judge ?? { accuracy: 0, limit: 0 }
  const name = bundle.className(label)
  const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`
  return (
    `A judge trained on the labelled images, which names ${(100 * accuracy).toFixed(1)} % of test ` +
    `images rightly: ${percent(sure)} of real images that look as clearly like ${name} are. ` +
    `${percent(ordinary)} of real images are no more ordinary; ` +
    `${legible ? 'from' : 'it takes'} ${percent(limit)} ${legible ? 'on it counts as' : 'to count as'} legible.`
  )
}
