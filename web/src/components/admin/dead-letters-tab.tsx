import { Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useAskedAction } from '../../hooks/admin/use-asked-action.ts'
import { type DeadLetter, useDeadLetters } from '../../hooks/admin/use-dead-letters.ts'
import { useStoryAddress } from '../../hooks/admin/use-story-address.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import type { Rights } from '../../hooks/use-rights.ts'
import { shortId } from '../../words/number-words.ts'
import { AddressLink } from '../address-link.tsx'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'
import { When } from '../when.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { DeadLetterGroups } from './dead-letter-groups.tsx'

/** The tasks that have failed for good, by why, and how to begin them again. */
export function DeadLettersTab({ rights }: { rights: Rights }) {
  const { data, error } = useDeadLetters(rights)
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const { ask, dialog } = useAskedAction(() => choose(new Set()))
  const columns = useColumns()
  if (!data && error) return <ErrorNote error={error} title="The dead letters cannot be read" />
  return (
    <Stack gap="xl" pb={chosen.size > 0 ? 130 : 0}>
      {data && data.length > 0 && (
        <DeadLetterGroups letters={data} retry={taskIds => ask({ verb: 'retry', taskIds })} />
      )}
      <Section title="The latest" about="A task leaves this list when it is started again.">
        <DataTable
          caption="Tasks that have failed for good, the latest first"
          columns={columns}
          rows={data}
          keyOf={({ task_id }) => task_id}
          nameOf={({ task, kind }) => (task.prompt ?? kind).slice(0, 60)}
          selection={{ chosen, choose }}
          empty={<EmptyNote title="No dead letters">Every task has ended well, or was cancelled.</EmptyNote>}
        />
      </Section>
      <BulkBar
        chosen={chosen}
        clear={() => choose(new Set())}
        verbs={['retry']}
        ask={verb => ask({ verb, taskIds: [...chosen] })}
      />
      <ConfirmDialog {...dialog} />
    </Stack>
  )
}

function useColumns(): Column<DeadLetter>[] {
  const names = useEnterpriseNames()
  const storyAddress = useStoryAddress()
  return [
    {
      label: 'Task',
      isWide: true,
      render: ({ task_id, kind, task }) => (
        <AddressLink to={storyAddress(task_id)} c="inherit" className="task-link">
          <Text span size="sm" lineClamp={1} style={{ overflowWrap: 'anywhere' }}>
            {task.prompt ?? kind}
          </Text>
          <Text span size="xs" c="dimmed" className="mono" display="block">
            {shortId(task_id)} · {kind}
          </Text>
        </AddressLink>
      ),
    },
    {
      label: 'Why',
      isWide: true,
      render: ({ code, task: { message } }) => (
        <>
          <Text className="mono">{code}</Text>
          <Text size="xs" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
            {message}
          </Text>
        </>
      ),
    },
    {
      label: 'For',
      width: 140,
      render: ({ enterprise_id }) =>
        enterprise_id ? (names.get(enterprise_id) ?? shortId(enterprise_id)) : 'no enterprise',
    },
    { label: 'Failed', width: 110, render: ({ failed_at }) => <When at={failed_at} /> },
  ]
}
