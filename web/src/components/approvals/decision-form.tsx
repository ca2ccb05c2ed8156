import { Button, Group, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import { type Approval, presentArguments } from '../../../../shared/client/approval-rows.ts'
import type { Decision } from '../../../../shared/client/decide-agent-approval.ts'
import { IconCheck, IconClose, IconEdit } from '../../icons.ts'
import { argumentsOf, fieldsOf } from '../../words/argument-words.ts'
import { ArgumentForm } from './argument-form.tsx'
import { ArgumentList } from './argument-list.tsx'

type Props = {
  approval: Approval
  running: Decision['decision'] | null
  decide: (decision: Decision) => Promise<void>
}

const longestReason = 2_000

/** Where one says yes or no to a tool call, with a reason, and where that is allowed with other arguments. */
export function DecisionForm({ approval, running, decide }: Props) {
  const given = presentArguments(approval)
  const [fields, setFields] = useState(() => (approval.may_edit ? fieldsOf(given) : null))
  const [isEditing, setEditing] = useState(false)
  const [reason, setReason] = useState('')
  const edited = fields && argumentsOf(fields)
  const isBusy = running !== null
  const approve = () =>
    decide({
      decision: 'approve',
      reason,
      // Also unchanged: it says what was read here.
      ...(approval.may_edit && { arguments: isEditing && edited ? edited : given }),
    })
  return (
    <Stack gap="md">
      {isEditing && fields ? (
        <ArgumentForm fields={fields} change={setFields} isDisabled={isBusy} />
      ) : (
        <ArgumentList value={given} />
      )}
      {fields && !isEditing && (
        <Button
          variant="subtle"
          size="compact-sm"
          w="fit-content"
          ml={-8}
          leftSection={<IconEdit size={14} />}
          onClick={() => setEditing(true)}
        >
          Change the arguments
        </Button>
      )}
      <Textarea
        label="Your reason"
        description="Optional. The agent is told why you reject; the record keeps both."
        autosize
        minRows={1}
        maxRows={6}
        maxLength={longestReason}
        value={reason}
        disabled={isBusy}
        onChange={event => setReason(event.currentTarget.value)}
      />
      <Group gap="sm">
        <Button
          leftSection={<IconCheck size={16} />}
          loading={running === 'approve'}
          disabled={running === 'reject' || (isEditing && !edited)}
          onClick={() => void approve()}
        >
          {isEditing ? 'Approve with these changes' : 'Approve'}
        </Button>
        <Button
          variant="default"
          leftSection={<IconClose size={16} />}
          loading={running === 'reject'}
          disabled={running === 'approve'}
          onClick={() => void decide({ decision: 'reject', reason })}
        >
          Reject
        </Button>
        {isEditing && (
          <Button
            variant="subtle"
            color="gray"
            disabled={isBusy}
            onClick={() => {
              setFields(fieldsOf(given))
              setEditing(false)
            }}
          >
            Leave as it was
          </Button>
        )}
      </Group>
    </Stack>
  )
}
