/** A picture dropped anywhere on the page goes to the drawing tool. */
import type { Explorer } from './explorer'

export function listenToDrops(current: () => Explorer): () => void {
  const over = (event: DragEvent) => event.preventDefault()
  const drop = (event: DragEvent) => {
    event.preventDefault() // else the browser leaves the page for the file
    const file = event.dataTransfer?.files[0]
    if (!file) return
    const explorer = current()
    if (explorer.bundle.space.encoder) explorer.actions.drop(file)
    else explorer.actions.tell('This bundle has no encoder, so pictures cannot be placed in it.')
  }
  document.addEventListener('dragover', over)
  document.addEventListener('drop', drop)
  return () => {
    document.removeEventListener('dragover', over)
    document.removeEventListener('drop', drop)
  }
}
