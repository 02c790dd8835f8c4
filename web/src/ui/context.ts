/** Hands the explorer to every part of the page. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Explorer } from '../explorer/explorer'

export const ExplorerContext = createContext<Explorer | null>(null)

/** What the space is called where there are two; '' where there is one. */
export const SideContext = createContext('')

/** A label of a part of the page, which says of which space it is where there are two. */
export function useLabel(label: string): string {
  const side = useContext(SideContext)
  return side ? `${label} ${side}` : label
}

export function useExplorer(): Explorer {
  const explorer = useContext(ExplorerContext)
  if (!explorer) throw new Error('there is no explorer above this part of the page')
  return explorer
}
