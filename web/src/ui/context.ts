/** Hands the explorer to every part of the page. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Explorer } from '../explorer/explorer'

export const ExplorerContext = createContext<Explorer | null>(null)

export function useExplorer(): Explorer {
  const explorer = useContext(ExplorerContext)
  if (!explorer) throw new Error('there is no explorer above this part of the page')
  return explorer
}
