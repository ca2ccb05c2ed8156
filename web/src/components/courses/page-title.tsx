import { Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'

/** The title of a page to which one has just come: it begins at its top, and with its name for who hears it. */
export function PageTitle({ children }: { children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    window.scrollTo({ top: 0 })
    heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <Title
      order={1}
      fz={{ base: 22, sm: 28 }}
      lts="-0.02em"
      className="quiet"
      tabIndex={-1}
      ref={heading}
      style={{ flex: '1 1 300px', overflowWrap: 'anywhere' }}
    >
      {children}
    </Title>
  )
}
