import { Container, Stack, Title } from '@mantine/core'
import { useState } from 'react'
import type { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import type { useEnterprises } from '../hooks/use-enterprises.ts'
import { AskBox } from './ask-box.tsx'
import { DemoBanner } from './demo-banner.tsx'
import { EnterpriseSelect } from './enterprise-select.tsx'
import { ErrorNote } from './error-note.tsx'
import { ExampleQuestions } from './example-questions.tsx'
import { type AskedKind, KindSelect } from './kind-select.tsx'

type Props = {
  ask: (prompt: string, kind: AskedKind) => Promise<void>
  isSubmitting: boolean
  error: AgentTaskError | null
  tenants: ReturnType<typeof useEnterprises>
}

/** Where one asks; shows by example what can be asked. */
export function AskPanel({ ask, isSubmitting, error, tenants }: Props) {
  const [prompt, setPrompt] = useState('')
  const [kind, setKind] = useState<AskedKind>('assistant')
  const askIt = (question: string) => ask(question, kind)
  return (
    <Container size={720} px={0} pt={{ base: 'md', sm: '8vh' }}>
      <Stack gap="xl">
        <Title order={1} fz={{ base: 26, sm: 32 }} lts="-0.02em">
          What would you like to know?
        </Title>
        <Stack gap="sm">
          <AskBox
            prompt={prompt}
            setPrompt={setPrompt}
            ask={askIt}
            isSubmitting={isSubmitting}
            isReady={tenants.isKnown}
          >
            {/* Orders belong to an enterprise. */}
            {tenants.enterprises.length > 0 && <KindSelect kind={kind} choose={setKind} />}
            {tenants.enterprises.length > 1 && <EnterpriseSelect {...tenants} />}
          </AskBox>
          {tenants.error && <ErrorNote error={tenants.error} title="Your enterprises cannot be read" />}
          {error && <ErrorNote error={error} title="The question was not taken" />}
        </Stack>
        <ExampleQuestions kind={kind} ask={askIt} isDisabled={isSubmitting || !tenants.isKnown} />
        <DemoBanner />
      </Stack>
    </Container>
  )
}
