/** Playing along a path: there and back, slow at both ends. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

const MS = 4000

/** How far along one is after a time, from 0 to 1. */
export function shareAt(time: number): number {
  return (1 - Math.cos((time / MS) * Math.PI)) / 2
}

/** After which time one is first so far along. */
export function timeAt(share: number): number {
  return (Math.acos(1 - 2 * share) * MS) / Math.PI
}

export interface Playback {
  /** From 0 to 1. */
  readonly share: number
  readonly playing: boolean
  play(playing: boolean): void
  /** Goes to a place along the path. */
  scrub(share: number): void
}

/** @param onShare is told where one is; another one takes over at once */
export function usePlayback(onShare: (share: number) => void): Playback {
  const [share, setShare] = useState(0)
  const [playing, play] = useState(false)
  const here = useRef(0)
  const scrub = useCallback(
    (to: number) => {
      here.current = to
      setShare(to)
      onShare(to)
    },
    [onShare],
  )
  useEffect(() => {
    if (!playing) return
    const began = performance.now() - timeAt(here.current)
    const tick = (now: number) => {
      scrub(shareAt(now - began))
      frame = requestAnimationFrame(tick)
    }
    let frame = requestAnimationFrame(tick)
    return () => cancelAnimationFrame(frame)
  }, [playing, scrub])
  return { share, playing, play, scrub }
}
