/** Opens two bundles and what they share. */
import { openBundle } from '../bundle/open'
import type { Host, Source } from '../bundle/source'
import { numbers, openTable } from '../bundle/tables'
import { type Engine, Explorer, startEngine } from '../explorer/explorer'
import type { Arrivals } from '../ui/arrivals'
import { parseFacts } from './facts'
import { Pair } from './pair'
import { Side } from './side'

/** What surrounds the two, and where the files of the pair are. */
export interface PairHost {
  readonly sides: readonly [Host, Host]
  readonly pair: Source
}

const NAMES = ['A', 'B'] as const

export async function openPair(
  { sides: hosts, pair }: PairHost,
  arrivals: Arrivals,
): Promise<Pair> {
  const facts = parseFacts(await pair.bytes('pair.json'))
  const linking = pair.bytes('links.arrow')
  const explorers = await Promise.all(
    hosts.map(async (host, i) => {
      let engine: Engine | null = null
      const column = facts.columns[i]
      const holder = (name: string) => (name === column.file ? pair : host.source)
      const source: Source = {
        bytes: (name, progress) => holder(name).bytes(name, progress),
        stream: (name) => holder(name).stream(name),
      }
      const opening = arrivals.of(i, (space) => (engine = startEngine(space, host)))
      const bundle = await openBundle(source, opening, [column])
      return new Explorer(bundle, { ...host, source }, engine)
    }),
  )
  const links = openTable('links.arrow', await linking)
  const rows = ['first', 'second'].map((name) => numbers(links, name, Uint32Array))
  const sides = await Promise.all(
    explorers.map(async (explorer, i) => {
      const twins = new Int32Array(explorer.bundle.points.count).fill(-1)
      rows[i].forEach((row, n) => (twins[row] = rows[1 - i][n]))
      const map = facts.maps[i]
      const table = openTable(map.file, await pair.bytes(map.file))
      return new Side(NAMES[i], explorer, twins, map, numbers(table, 'matrix', Float32Array))
    }),
  )
  return new Pair([sides[0], sides[1]], facts)
}
