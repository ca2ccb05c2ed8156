import { Alert, Badge, Box, Group, Text, Title } from '@mantine/core'
import { useId } from 'react'
import { type Approval, type Decider, mayDecide, presentArguments } from '../../../../shared/client/approval-rows.ts'
import { addressOf } from '../../hooks/use-address.ts'
import { useDecision } from '../../hooks/use-decision.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import { usePeople } from '../../hooks/use-people.ts'
import { IconAlert, IconApproval } from '../../icons.ts'
import { decidersOf, decisionDone, peopleIn, personName, quorumOf, refusalOf } from '../../words/approval-words.ts'
import { toolTitle } from '../../words/tool-words.ts'
import { AddressLink } from '../address-link.tsx'
import { When } from '../when.tsx'
import { ArgumentList } from './argument-list.tsx'
import { DecisionForm } from './decision-form.tsx'
import { DecisionList } from './decision-list.tsx'

type Props = {
  approval: Approval
  decider: Decider | null
  /** On the page of its task there is no need to say whose question it is. */
  isInTask?: boolean
  onDecided?: () => void
}

/** A tool call that waits for consent: what it would do, who asks, who may say yes, and for those the way to say it. */
export function ApprovalCard({ approval, decider, isInTask = false, onDecided }: Props) {
  const id = useId()
  const { decide, running, refusal } = useDecision(approval.id)
  const names = useEnterpriseNames()
  const people = usePeople(peopleIn(approval))
  const { agent, agent_title, tool_name, enterprise_id, task_id, asker_id, expires_at, created_at } = approval
  const enterprise = enterprise_id && (names.get(enterprise_id) ?? null)
  const isMine = decider !== null && mayDecide(approval, decider)
  const quorum = quorumOf(approval)
  const refused = refusal && refusalOf(refusal)
  return (
    <section aria-labelledby={id} className="surface approval">
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <IconApproval size={20} aria-hidden className="approval-sign" />
        <Box miw={0} flex={1}>
          <Title order={2} id={id} fz="md" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {agent_title ?? agent} asks: {toolTitle(tool_name)}?
          </Title>
          <Text size="xs" c="dimmed">
            Asked <When at={created_at} /> for {personName(asker_id, decider?.userId ?? null, people)}
            {enterprise && ` at ${enterprise}`}
            {!isInTask && (
              <>
                {' · '}
                <AddressLink to={addressOf({ task: task_id })}>open the task</AddressLink>
              </>
            )}
            {expires_at && (
              <>
                {' · expires '}
                <When at={expires_at} />
              </>
            )}
          </Text>
        </Box>
        {quorum && (
          <Badge variant="default" tt="none" fw={500} flex="none">
            {quorum}
          </Badge>
        )}
      </Group>
      {isMine ? (
        <DecisionForm
          // What somebody else has changed meanwhile must be seen before it is approved.
          key={JSON.stringify(presentArguments(approval))}
          approval={approval}
          running={running}
          decide={async decision => {
            if (await decide(decision, decisionDone(approval, decision.decision))) onDecided?.()
          }}
        />
      ) : (
        <>
          <ArgumentList value={presentArguments(approval)} />
          <Text size="sm" c="dimmed">
            Waits for {decidersOf(approval, enterprise)}.
          </Text>
        </>
      )}
      {refused && (
        <Alert color="red" role="alert" className="error-note" icon={<IconAlert size={18} />} title={refused.title}>
          {refused.message}
        </Alert>
      )}
      <DecisionList approval={approval} userId={decider?.userId ?? null} people={people} />
    </section>
  )
}
