/** Hands a file to the browser's downloads. */
const KEPT_MS = 60_000

export function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS)
}

export function saveCanvas(name: string, canvas: HTMLCanvasElement): Promise<void> {
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => {
      if (!blob) return failed(new Error('The browser cannot make a picture of that size.'))
      save(name, blob)
      done()
    }),
  )
}
