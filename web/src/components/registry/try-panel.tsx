import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import type { Scenario } from '../../../../shared/client/scenario-rows.ts'
import { useEnterprises } from '../../hooks/use-enterprises.ts'
import { ScenarioChat } from '../scenarios/scenario-chat.tsx'
import '../scenarios/scenarios.css'

type Props = { scenario: Scenario; isDirty: boolean; userId: string }

/** A conversation with the saved version, beside the form. */
export function TryPanel({ scenario, isDirty, userId }: Props) {
  const { enterpriseId, enterprises, isKnown } = useEnterprises(userId)
  const [sessionId, setSessionId] = useState<string | null>(null)
  const isMember = scenario.enterprise_id === null || enterprises.some(({ id }) => id === scenario.enterprise_id)
  return (
    <div className="surface editor-part">
      <Text size="xs" c="dimmed" mb="sm">
        {whatIsTried(scenario, { isDirty, isMember: isMember || !isKnown })}
      </Text>
      {isKnown && isMember && scenario.is_enabled && (
        <div className="editor-try">
          <ScenarioChat
            key={sessionId}
            sessionId={sessionId}
            scenario={scenario}
            enterpriseId={scenario.enterprise_id ?? enterpriseId}
            onBegun={setSessionId}
            isPart
          >
            {sessionId && (
              <Button size="compact-xs" variant="default" flex="none" onClick={() => setSessionId(null)}>
                Begin anew
              </Button>
            )}
          </ScenarioChat>
        </div>
      )}
    </div>
  )
}

function whatIsTried(
  { version, is_enabled }: Scenario,
  { isDirty, isMember }: { isDirty: boolean; isMember: boolean },
) {
  if (!is_enabled) return 'It is switched off. Switch it on to try it.'
  if (!isMember) return 'Only members of its enterprise can try it.'
  return isDirty
    ? `This is version ${version}, as saved: save what you have edited to try that.`
    : `This is version ${version}. A conversation keeps the version with which it was begun.`
}
