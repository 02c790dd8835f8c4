/** What the two spaces share, and how a spot goes from one to the other. */
import { Segments } from '../ui/Segments'
import type { MapFile } from './facts'
import type { Pair, Way } from './pair'

const WAYS: readonly { readonly value: Way; readonly name: string; readonly title: string }[] = [
  {
    value: 'encoded',
    name: 'as an image',
    title:
      'an image of the data is shown where it is in both; any other spot is decoded in one and ' +
      'what that gives is encoded by the other',
  },
  {
    value: 'stitched',
    name: 'as a code',
    title: 'the code itself is led across by a map that was found on the images that both have',
  },
]

export function Shared({ pair }: { pair: Pair }) {
  const { facts, way } = pair
  const leading = pair.leading.value
  const ways = pair.canEncode ? WAYS : WAYS.slice(1)
  return (
    <section class="shared" aria-label="what both spaces share">
      <p
        title={`Of an image’s ${facts.neighbours} nearest others, how many are so in both spaces. Two that know nothing of each other share ${percent(facts.chance)}.${facts.how ? ` (${facts.how}.)` : ''}`}
      >
        <b class="number">{percent(facts.shared)}</b> of {facts.neighbours} neighbours are shared{' '}
        <span class="quiet">(by chance {percent(facts.chance)})</span>{' '}
        <button type="button" class="minor" onClick={() => pair.colourByShared()}>
          colour by it
        </button>
      </p>
      <p class="goesAcross">
        <span class="term">a spot goes across</span>
        <Segments
          label="a spot goes across"
          value={way.value}
          choices={ways}
          onChoose={(chosen) => pair.choose(chosen)}
        />
      </p>
      <p class="quiet" data-way={way.value}>
        {way.value === 'stitched'
          ? ofMap(leading.map, leading.name, pair.other(leading).name)
          : linkedOf(pair)}
      </p>
    </section>
  )
}

function ofMap({ kind, r2, error, apart }: MapFile, from: string, to: string): string {
  const name = kind === 'orthogonal' ? 'a turn and one factor' : 'an affine map'
  const explains = `The map from ${from} to ${to} (${name}) explains ${percent(Math.max(0, r2))} of ${to}’s codes.`
  if (error === undefined || apart === undefined) return explains
  return (
    `${explains} What it leads to decodes ${error.toPrecision(2)} from the image’s own ` +
    `(two images: ${apart.toPrecision(2)}).`
  )
}

function linkedOf({ facts, sides }: Pair): string {
  const counts = sides.map(({ explorer }) => explorer.bundle.points.count)
  if (counts.every((count) => count === facts.linked)) return 'All images are in both.'
  const [one, two] = counts.map((count) => count.toLocaleString('en'))
  return `${facts.linked.toLocaleString('en')} images are in both, of ${one} in A and ${two} in B.`
}

function percent(share: number): string {
  const hundredths = 100 * share
  return `${hundredths < 1 ? hundredths.toPrecision(1) : Math.round(hundredths)} %`
}
