import { Skeleton, Stack, Text } from '@mantine/core'
import { useApprovals } from '../../hooks/useApprovals.ts'
import { counted } from '../../words/number-words.ts'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'
import { ApprovalCard } from './approval-card.tsx'
import { ClosedApprovals } from './closed-approvals.tsx'

/** The tool calls that wait for consent, those first that the user may decide, and how the latest ended. */
export function ApprovalsContent({ onDecided }: { onDecided?: () => void }) {
  const { mine, others, closed, decider, isKnown, error } = useApprovals()
  return (
    <>
      <Text c="dimmed" mb="lg" aria-live="polite">
        {!isKnown
          ? 'Reading…'
          : mine.length === 0
            ? 'Nothing waits for you.'
            : `${counted(mine.length, 'tool call')} ${mine.length === 1 ? 'waits' : 'wait'} for your decision.`}
      </Text>
      <Stack gap="xl">
        {!isKnown && error && <ErrorNote error={error} title="The approvals cannot be read" />}
        {!isKnown && !error && <Skeleton h={220} />}
        {isKnown && mine.length === 0 && (
          <div className="surface" style={{ padding: 'var(--mantine-spacing-xl)' }}>
            <EmptyNote title="All is decided">
              When an agent wants to do something that needs your consent, it waits here, be it for days. Nothing is
              done until you say so.
            </EmptyNote>
          </div>
        )}
        {mine.length > 0 && (
          <Stack component="ul" gap="md" className="plain-list" aria-label="Waiting for you">
            {mine.map(approval => (
              <li key={approval.id}>
                <ApprovalCard approval={approval} decider={decider} {...(onDecided && { onDecided })} />
              </li>
            ))}
          </Stack>
        )}
        {others.length > 0 && (
          <Section title="Waiting for others">
            <Stack component="ul" gap="md" className="plain-list">
              {others.map(approval => (
                <li key={approval.id}>
                  <ApprovalCard approval={approval} decider={decider} />
                </li>
              ))}
            </Stack>
          </Section>
        )}
        {isKnown && (
          <Section title="Decided">
            <ClosedApprovals approvals={closed} userId={decider?.userId ?? null} />
          </Section>
        )}
      </Stack>
    </>
  )
}
