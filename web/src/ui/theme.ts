/** Dark, light, or what the system says. */
import { effect, signal } from '@preact/signals'

export type Theme = 'auto' | 'dark' | 'light'
const ORDER: readonly Theme[] = ['auto', 'dark', 'light']
const KEY = 'latentscape.theme'

export const theme = signal<Theme>(kept())

effect(() => {
  document.documentElement.dataset.theme = theme.value
})

export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length]
  try {
    localStorage.setItem(KEY, theme.value)
  } catch {
    // Storage may be forbidden; the theme then lasts as long as the page.
  }
}

function kept(): Theme {
  try {
    const value = localStorage.getItem(KEY) as Theme
    return ORDER.includes(value) ? value : 'auto'
  } catch {
    return 'auto'
  }
}
