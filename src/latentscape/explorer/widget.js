// The widget's side in the browser: a frame with the page in it, and messages to and fro.
// The page comes with its own Content-Security-Policy and an origin of its own, so neither it nor
// the notebook can reach into the other.

const SHARED = ['code', 'selection', 'pins', 'view', 'colour']

function render({ model, el }) {
  const address = URL.createObjectURL(new Blob([model.get('page')], { type: 'text/html' }))
  const frame = document.createElement('iframe')
  frame.sandbox = 'allow-scripts allow-downloads'
  frame.title = 'latentscape'
  frame.style.cssText = 'width: 100%; border: 1px solid #8884; border-radius: 4px'
  frame.style.height = `${model.get('height')}px`
  frame.src = address
  el.replaceChildren(frame)

  let hearing = false
  const tell = (shared, side) =>
    frame.contentWindow?.postMessage({ latentscape: shared, side }, '*')
  const taken = {
    ready() {
      tell(Object.fromEntries(SHARED.filter((n) => given(model.get(n))).map((n) => [n, model.get(n)])))
    },
    shared(values) {
      hearing = true
      for (const [name, value] of Object.entries(values)) model.set(name, value)
      hearing = false
      model.save_changes()
    },
    image(values) {
      model.set('image', new DataView(values.buffer, values.byteOffset, values.byteLength))
      model.save_changes()
    },
  }
  const listen = ({ source, data }) => {
    if (source !== frame.contentWindow || !data?.latentscape) return
    if (data.side) return pass(data.side, data.latentscape)
    for (const [kind, value] of Object.entries(data.latentscape)) taken[kind]?.(value)
  }
  // Of two spaces, each has its own traits: they go to and fro in messages that name the side.
  const pass = (side, { image, ...said }) => model.send({ side, ...said }, undefined, image && [image.buffer])
  const told = ({ side, shared }) => tell(shared, side)
  model.on('msg:custom', told)
  const changes = SHARED.map((name) => {
    const changed = () => hearing || tell({ [name]: model.get(name) })
    model.on(`change:${name}`, changed)
    return () => model.off(`change:${name}`, changed)
  })
  window.addEventListener('message', listen)
  return () => {
    window.removeEventListener('message', listen)
    model.off('msg:custom', told)
    for (const stop of changes) stop()
    URL.revokeObjectURL(address)
  }
}

const given = (value) => value.length > 0

export default { render }
