/** Small images: stored thumbnails, decodings of codes, and plain pixels. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { fitted, toImageData } from '../images/pixels'
import { useExplorer } from './context'
import { ReadsBriefly } from './Reads'

interface Size {
  /** CSS pixels of the longer side. */
  readonly side: number
  readonly title?: string
}

/** A stored point's thumbnail. */
export function Thumbnail({ index, side, title }: Size & { index: number }) {
  const { bundle } = useExplorer()
  const canvas = useRef<HTMLCanvasElement>(null)
  const { atlas } = bundle
  useEffect(() => {
    if (!atlas) return
    const draw = () => {
      const to = canvas.current?.getContext('2d')
      if (to) atlas.draw(to, index, 0, 0, atlas.width, atlas.height)
    }
    draw()
    return atlas.onArrival(draw)
  }, [index, atlas])
  if (!atlas) return null
  const [width, height] = fitted(atlas, side)
  return (
    <canvas
      ref={canvas}
      class="image"
      width={atlas.width}
      height={atlas.height}
      style={{ width: `${width}px`, height: `${height}px` }}
      role="img"
      aria-label={title ?? `image ${index}`}
      title={title}
    />
  )
}

/** An image as numbers (C × H × W). The last one stays until the next is there. */
export function Pixels({ image, side, title }: Size & { image: Float32Array | null }) {
  const { image: shape } = useExplorer()
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (image && shape)
      canvas.current?.getContext('2d')?.putImageData(toImageData(image, shape), 0, 0)
  }, [image, shape])
  if (!shape) return null
  const [width, height] = fitted(shape, side)
  return (
    <canvas
      ref={canvas}
      class="image"
      width={shape.width}
      height={shape.height}
      style={{ width: `${width}px`, height: `${height}px` }}
      role="img"
      aria-label={title ?? 'decoded image'}
      title={title}
    />
  )
}

/** What a code decodes to, and, where it is asked for, what that reads as. */
export function Decoding({
  code,
  side,
  title,
  reads,
}: Size & { code: Float32Array; reads?: boolean }) {
  const explorer = useExplorer()
  const [image, setImage] = useState<Float32Array | null>(null)
  const { label } = explorer
  useEffect(() => {
    let wanted = true
    if (explorer.networks && explorer.bundle.space.decoder) {
      explorer.networks
        .decode(code, label, () => !wanted)
        .then(
          (decoded) => wanted && setImage(decoded),
          (error) => explorer.actions.fail('decoder', error),
        )
    }
    return () => {
      wanted = false
    }
  }, [code, label, explorer])
  return (
    <>
      <Pixels image={image} side={side} {...(title ? { title } : {})} />
      {reads && <ReadsBriefly image={image} />}
    </>
  )
}
