import { Container, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { useEnterprises } from '../../hooks/use-enterprises.ts'
import { useNewSession } from '../../hooks/use-new-session.ts'
import { AskBox } from '../ask-box.tsx'
import { EnterpriseSelect } from '../enterprise-select.tsx'
import { ErrorNote } from '../error-note.tsx'

/** Where a conversation begins. */
export function NewSessionPanel({ tenants }: { tenants: ReturnType<typeof useEnterprises> }) {
  const [prompt, setPrompt] = useState('')
  const { begin, isBeginning, refusal } = useNewSession(tenants.enterpriseId)
  return (
    <Container size={720} px={0} pt={{ base: 'md', sm: '8vh' }}>
      <Stack gap="lg">
        <div>
          <Title order={1} fz={{ base: 26, sm: 32 }} lts="-0.02em">
            Start a conversation
          </Title>
          <Text c="dimmed" mt={4}>
            Ask, and ask on: the agent remembers what was said before.
          </Text>
        </div>
        <AskBox
          prompt={prompt}
          setPrompt={setPrompt}
          ask={begin}
          isSubmitting={isBeginning}
          isReady={tenants.isKnown}
          placeholder="What is it about?"
        >
          {tenants.enterprises.length > 1 && <EnterpriseSelect {...tenants} />}
        </AskBox>
        {refusal && <ErrorNote error={refusal} title="The question was not taken" />}
      </Stack>
    </Container>
  )
}
