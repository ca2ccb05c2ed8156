import { Container, Title } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { ApprovalsContent } from './approvals-content.tsx'

/** The page of approvals. After a decision it is read out from its top again. */
export function ApprovalsPanel() {
  const heading = useRef<HTMLHeadingElement>(null)
  const toHeading = () => heading.current?.focus({ preventScroll: true })
  useEffect(toHeading, [])
  return (
    <Container size={860} px={0} pb="xl">
      <Title order={1} fz={{ base: 22, sm: 26 }} lts="-0.02em" tabIndex={-1} ref={heading} className="quiet">
        Approvals
      </Title>
      <ApprovalsContent onDecided={toHeading} />
    </Container>
  )
}
