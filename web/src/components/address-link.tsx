import { Anchor, type AnchorProps } from '@mantine/core'
import type { MouseEvent, ReactNode } from 'react'
import { goTo } from '../hooks/use-address.ts'

type Props = AnchorProps & { to: string; children: ReactNode; 'aria-label'?: string }

/** A link within the page. It may be opened in a new tab like any other. */
export function AddressLink({ to, children, ...look }: Props) {
  return (
    <Anchor href={to} onClick={event => follow(event, to)} inherit {...look}>
      {children}
    </Anchor>
  )
}

/** Goes there without loading the page anew, unless the click asks for a tab or window of its own. */
export function follow(event: MouseEvent, to: string): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
  event.preventDefault()
  goTo(to)
}
