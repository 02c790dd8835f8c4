/** The page of two spaces: their plots beside each other, and a panel with what both decode. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { listenToDrops } from '../explorer/drop'
import { listenToKeys } from '../explorer/keys'
import { followLinks, keepLink } from '../explorer/restore'
import type { Beginning } from '../plot/beginning'
import { Tools } from '../tools/Tools'
import { FullScreenButton, HelpButton, LinkButton, SaveChoice, ThemeButton } from '../ui/barButtons'
import { ExplorerContext, SideContext } from '../ui/context'
import { Controls } from '../ui/Controls'
import { Dialogs } from '../ui/Dialogs'
import { FilmRow } from '../ui/FilmRow'
import { Hero } from '../ui/Hero'
import { Plot } from '../ui/Plot'
import { Segments } from '../ui/Segments'
import { linkToPair, restorePair } from './link'
import type { Pair } from './pair'
import { Shared } from './Shared'
import type { Side } from './side'

interface Shown {
  readonly pair: Pair
  /** What was drawn of each until now. */
  readonly beginnings: readonly (Beginning | null)[]
}

export function PairApp({ pair, beginnings }: Shown) {
  useEffect(() => {
    const current = () => pair.leading.value.explorer
    const follow = (hash: string) =>
      void restorePair(pair, hash).catch((error) => current().actions.fail('notice', error))
    const stops = [
      keepLink(() => linkToPair(pair)),
      followLinks(follow),
      listenToKeys(current),
      listenToDrops(() => pair.worked.value.explorer),
    ]
    return () => stops.forEach((stop) => stop())
  }, [pair])
  return (
    <>
      <ExplorerContext.Provider value={pair.leading.value.explorer}>
        <PairBar pair={pair} />
      </ExplorerContext.Provider>
      <main class="middle pair">
        <div class="sides">
          {pair.sides.map((side, i) => (
            <SidePlot key={side.name} pair={pair} side={side} beginning={beginnings[i]} />
          ))}
        </div>
        <PairPanel pair={pair} />
      </main>
      <ExplorerContext.Provider value={pair.leading.value.explorer}>
        <Dialogs key={pair.leading.value.name} />
      </ExplorerContext.Provider>
    </>
  )
}

function PairBar({ pair }: { pair: Pair }) {
  return (
    <header class="bar">
      <h1>
        <span class="brand">latentscape</span>{' '}
        <span class="about">{pair.sides.map(({ title }) => title).join(' beside ')}</span>
      </h1>
      <div class="minorControls">
        <ThemeButton />
        <LinkButton link={() => linkToPair(pair)} />
        <FullScreenButton />
        <HelpButton />
      </div>
    </header>
  )
}

/** Parts of the page that belong to one of the two. */
function Of({ side, children }: { side: Side; children: ComponentChildren }) {
  return (
    <ExplorerContext.Provider value={side.explorer}>
      <SideContext.Provider value={side.name}>{children}</SideContext.Provider>
    </ExplorerContext.Provider>
  )
}

interface OfSide {
  readonly pair: Pair
  readonly side: Side
  readonly beginning: Beginning | null
}

function SidePlot({ pair, side, beginning }: OfSide) {
  return (
    <Of side={side}>
      <section
        class="left side"
        aria-label={`${side.name}: ${side.title}`}
        data-side={side.name}
        onPointerEnter={() => pair.pointAt(side)}
        onPointerDown={() => pair.workOn(side)}
        onFocusIn={() => pair.pointAt(side)}
      >
        <header class="sideBar">
          <h2>
            <span class="badge">{side.name}</span> <span class="name">{side.title}</span>
          </h2>
          <div class="minorControls">
            <SaveChoice />
          </div>
          <Controls />
        </header>
        <Plot beginning={beginning} />
        <FilmRow />
      </section>
    </Of>
  )
}

function PairPanel({ pair }: { pair: Pair }) {
  const worked = pair.worked.value
  return (
    <aside
      class="panel"
      aria-label="what both decode, and tools"
      onPointerEnter={() => pair.workOn(worked)}
    >
      {pair.sides.map((side) => (
        <Of key={side.name} side={side}>
          <div class="sideHero" data-hero-of={side.name}>
            <span class="badge">{side.name}</span>
            <Hero />
          </div>
        </Of>
      ))}
      <Shared pair={pair} />
      <div class="toolsOf">
        <span class="term">tools of</span>
        <Segments
          label="tools of"
          value={worked.name}
          choices={pair.sides.map(({ name, title }) => ({ value: name, name, title }))}
          onChoose={(name) => pair.workOn(pair.sides[name === 'A' ? 0 : 1])}
        />
      </div>
      {pair.sides.map((side) => (
        <Of key={side.name} side={side}>
          <div class="sideTools" hidden={side !== worked}>
            <Tools />
          </div>
        </Of>
      ))}
    </aside>
  )
}
