/** The page of one space, as served. */
import { servedHost } from './hosted'
import { start } from './start'

start(document.getElementById('page')!, servedHost('bundle/'))
