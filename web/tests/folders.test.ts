/** The folders of the page's sources build on each other in one order: nothing imports upwards. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** From the ground up; those of one line know nothing of each other. What lies beside them is on top. */
const FLOORS = [
  ['space', 'images'],
  ['bundle'],
  ['networks'],
  ['explorer'],
  ['plot'],
  ['ui'],
  ['selection'],
  ['tools'],
  ['pair'],
  ['.'],
]
const SOURCES = fileURLToPath(new URL('../src', import.meta.url))

interface Import {
  readonly from: string
  readonly to: string
}

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.tsx?$/.test(name),
)

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SOURCES, file), 'utf8')
  const found = text.matchAll(/(?:from|import|import\(|URL\()\s*'(\.[^'?]*)/g)
  return [...found].map(([, path]) => ({ from: file, to: join(dirname(file), path) }))
}

function folderOf(file: string): string {
  return file.includes(sep) ? file.slice(0, file.indexOf(sep)) : '.'
}

function floorOf(file: string): number {
  return FLOORS.findIndex((floor) => floor.includes(folderOf(file)))
}

test('every folder has a floor', () => {
  const folders = new Set(files.map(folderOf))
  expect([...folders].toSorted()).toEqual(FLOORS.flat().toSorted())
})

test('files import only from their own folder and from lower floors', () => {
  const imports = files.flatMap(importsOf)
  expect(imports.length).toBeGreaterThan(100)
  const upwards = imports
    .filter(({ from, to }) => folderOf(from) !== folderOf(to) && floorOf(to) >= floorOf(from))
    .map(({ from, to }) => `${from} imports ${relative('', to)}`)
  expect(upwards).toEqual([])
})
