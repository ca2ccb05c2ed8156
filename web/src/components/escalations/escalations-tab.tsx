import './escalations.css'
import { Skeleton, Text, UnstyledButton } from '@mantine/core'
import type { EscalatedSession } from '../../../../shared/client/watch-escalations.ts'
import { tabAddress } from '../../hooks/admin/use-admin-tab.ts'
import { useEscalations } from '../../hooks/scenarios/use-escalations.ts'
import { goTo, useAddress } from '../../hooks/use-address.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import { usePeople } from '../../hooks/use-people.ts'
import type { Rights } from '../../hooks/use-rights.ts'
import { personName } from '../../words/approval-words.ts'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { When } from '../when.tsx'
import { EscalationPanel } from './escalation-panel.tsx'

/** The conversations that wait for a person or have one, and the one that is open. */
export function EscalationsTab({ rights, userId }: { rights: Rights; userId: string }) {
  const { escalations, error } = useEscalations(rights)
  const named = useAddress().get('escalation')
  const open = escalations?.find(({ id }) => id === named) ?? null
  if (!escalations) {
    return error ? <ErrorNote error={error} title="The escalations cannot be read" /> : <Skeleton h={220} />
  }
  return (
    <div className="desk" data-open={open !== null || undefined}>
      <div>
        {escalations.length === 0 && (
          <EmptyNote title="Nobody waits for a person">
            When an agent asks for one, the conversation comes up here by itself.
          </EmptyNote>
        )}
        <ul className="plain-list desk-list" aria-label="Waiting for a person">
          {escalations.map(escalation => (
            <li key={escalation.id}>
              <Waiting escalation={escalation} userId={userId} isOpen={escalation === open} />
            </li>
          ))}
        </ul>
      </div>
      {open && <EscalationPanel key={open.id} escalation={open} userId={userId} />}
      {!open && named && <EmptyNote title="This one is closed">The agents answer there again.</EmptyNote>}
    </div>
  )
}

type WaitingProps = { escalation: EscalatedSession; userId: string; isOpen: boolean }

function Waiting({ escalation: { id, session, reason, status, taken_by, created_at }, userId, isOpen }: WaitingProps) {
  const people = usePeople([session.user_id, taken_by])
  const enterprise = useEnterpriseNames().get(session.enterprise_id ?? '')
  return (
    <UnstyledButton
      className="surface pressable desk-item"
      aria-current={isOpen ? 'true' : undefined}
      onClick={() => goTo(tabAddress('escalations', { escalation: id }))}
    >
      <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
        {personName(session.user_id, userId, people)}
        {enterprise && ` at ${enterprise}`}
      </Text>
      <Text size="sm" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
        {reason}
      </Text>
      <Text size="xs" c="dimmed">
        {status === 'open' ? 'Asked ' : `With ${personName(taken_by, userId, people)} · asked `}
        <When at={created_at} />
      </Text>
    </UnstyledButton>
  )
}
