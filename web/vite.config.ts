import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

/**
 * onnxruntime-web refers to its 14 MB of wasm by URL, which a bundler would copy or inline. The page
 * says itself where the wasm is (see networks/worker.ts), so the reference goes.
 */
function withoutImplicitWasm(): Plugin {
  return {
    name: 'without-implicit-wasm',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('onnxruntime-web')) return null
      return code.replaceAll(/new URL\("ort-wasm[^"]*",\s*import\.meta\.url\)\.href/g, '""')
    },
  }
}

/** Puts what the heads of both served pages say where they leave room for it. */
function withHead(): Plugin {
  const head = readFileSync(new URL('head.html', import.meta.url), 'utf8')
  return {
    name: 'with-head',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace('<!-- head -->', () => head),
    },
  }
}

/** Puts the one script and the one style sheet of the single page into its HTML. */
function inlined(): Plugin {
  return {
    name: 'inlined',
    enforce: 'post',
    generateBundle(_, bundle) {
      const page = bundle['single.html']
      if (page?.type !== 'asset') throw new Error('no single.html was built')
      let html = String(page.source)
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === 'chunk') {
          // Nothing is left to be loaded before what is imported later, all of it being here.
          const whole = file.code.replaceAll('__VITE_PRELOAD__', 'void 0')
          const script = whole.replaceAll('</script', '<\\/script')
          html = html.replace(/<script type="module"[^>]*><\/script>/, '')
          html = html.replace('</body>', () => `<script type="module">${script}</script></body>`)
        } else if (name.endsWith('.css')) {
          html = html.replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${file.source}</style>`)
        } else continue
        delete bundle[name]
      }
      page.source = html
    },
  }
}

export default defineConfig(({ mode }) => {
  const single = mode === 'single'
  return {
    base: './',
    publicDir: false,
    plugins: [withoutImplicitWasm(), withHead(), ...(single ? [inlined()] : [])],
    worker: { format: single ? 'iife' : 'es', plugins: () => [withoutImplicitWasm()] },
    build: {
      target: 'es2022',
      outDir: fileURLToPath(new URL('../src/latentscape/explorer/static', import.meta.url)),
      emptyOutDir: !single,
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: single ? 'single.html' : ['index.html', 'pair.html'],
        output: single ? { codeSplitting: false } : {},
      },
    },
    test: { include: ['tests/**/*.test.ts'] },
  }
})
