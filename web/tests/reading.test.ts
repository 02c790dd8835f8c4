import { signal } from '@preact/signals'
import { expect, test } from 'vitest'
import type { Explorer } from '../src/explorer/explorer'
import { followReading } from '../src/explorer/reading'
import type { Reading } from '../src/networks/networks'

test('the newest image is read last, however many came meanwhile', async () => {
  const decoded = signal<Float32Array | null>(null)
  const asked: [number, (reading: Reading) => void][] = []
  const shown: number[] = []
  const read = (image: Float32Array) => new Promise<Reading>((done) => asked.push([image[0], done]))
  const answer = async (turn: number) => {
    const [label, done] = asked[turn]
    done({ label, sure: 1, ordinary: 1, legible: true })
    await new Promise((settled) => setTimeout(settled))
  }
  followReading({
    ...{ state: { decoded }, networks: { read }, bundle: { space: { judge: {} } } },
    actions: { showReading: ({ label }: Reading) => shown.push(label) },
  } as unknown as Explorer)
  for (const first of [1, 2, 3]) decoded.value = Float32Array.of(first)
  await answer(0)
  await answer(1)
  expect(shown).toEqual([1, 3])
  decoded.value = Float32Array.of(4)
  await answer(2)
  expect(shown).toEqual([1, 3, 4])
  expect(asked.length).toBe(3)
})
