/** How far the code of a moved image goes, and how far it is on the way. */
import { useMemo } from 'preact/hooks'
import { distanceBetween } from '../space/apart'
import { distance } from '../space/paths'
import { useExplorer } from '../ui/context'
import type { Step } from './walk'

const HEIGHT = 32

/** @param steps of the way, the first of them unmoved */
export function Far({ steps, shown }: { steps: readonly Step[]; shown: Step }) {
  const { points } = useExplorer().bundle
  const between = useMemo(() => distanceBetween(points), [points])
  if (between === 0) return null
  const far = ({ code }: Step) => distance(code, steps[0].code) / between
  const most = Math.max(1, ...steps.map(far))
  const parts = steps.length - 1
  return (
    <div
      class="far"
      title={
        '‖E(Tx) − E(x)‖ of this image, in root mean squared distances of the codes of two different ' +
        'images; a bar for each part of the way, and at the line it is as far as another image. ' +
        '`latentscape measure` says it of many images moved a little: arXiv:2502.09509.'
      }
    >
      <p>
        <span class="term">how far</span>
        <strong class="number" data-far>
          {percent(far(shown))} %
        </strong>{' '}
        of what two images are apart
      </p>
      <svg viewBox={`0 0 1 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {steps.slice(1).map((step, i) => {
          const height = (HEIGHT * far(step)) / most
          return (
            <rect
              key={step.share}
              class={step.share <= shown.share ? 'gone' : ''}
              x={steps[i].share + 0.1 / parts}
              y={HEIGHT - height}
              width={step.share - steps[i].share - 0.1 / parts}
              height={height}
            />
          )
        })}
        <path d={`M0 ${HEIGHT - HEIGHT / most}H1`} />
      </svg>
    </div>
  )
}

function percent(share: number): string {
  const whole = 100 * share
  return whole > 0 && whole < 10 ? whole.toPrecision(2) : String(Math.round(whole))
}
