/** The page of two spaces side by side, as served. */
import { servedAt, servedHost } from './hosted'
import { startPair } from './pair/start'

startPair(document.getElementById('page')!, {
  sides: [servedHost('bundle/'), servedHost('beside/')],
  pair: servedAt('pair/'),
})
