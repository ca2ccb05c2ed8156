import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Enterprise } from '../../hooks/use-enterprises.ts'
import { useScheduleChanges } from '../../hooks/use-schedule-changes.ts'
import { type Schedule, type ScheduleDraft, type ScheduleScope, useSchedules } from '../../hooks/use-schedules.ts'
import { IconPlus } from '../../icons.ts'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { ScheduleDialog } from './schedule-dialog.tsx'
import { ScheduleTable } from './schedule-table.tsx'

type Props = { scope: ScheduleScope; userId: string; enterprises: Enterprise[]; about: string }

/** Schedules, and all that can be done with them. */
export function ScheduleList({ scope, userId, enterprises, about }: Props) {
  const { data, error } = useSchedules(scope)
  const { create, change, remove, pause, isBusy } = useScheduleChanges(userId)
  const [edited, edit] = useState<Schedule | 'new' | null>(null)
  const [doomed, doom] = useState<Schedule | null>(null)
  const save = async (draft: ScheduleDraft) => {
    if (await (edited === 'new' || !edited ? create(draft) : change(edited, draft))) edit(null)
  }
  if (!data && error) return <ErrorNote error={error} title="The schedules cannot be read" />
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" maw={640}>
          {about}
        </Text>
        <Button leftSection={<IconPlus size={16} />} onClick={() => edit('new')}>
          New schedule
        </Button>
      </Group>
      <ScheduleTable
        schedules={data}
        userId={userId}
        showsOwner={'rights' in scope}
        isBusy={isBusy}
        pause={(schedule, paused) => void pause(schedule, paused)}
        edit={edit}
        remove={doom}
        empty={
          <EmptyNote title="No schedules yet">
            A schedule asks the same question again and again, at the times you say, whether this page is open or not.
          </EmptyNote>
        }
      />
      <ScheduleDialog
        edited={edited}
        enterprises={enterprises}
        isBusy={isBusy}
        close={() => edit(null)}
        save={draft => void save(draft)}
      />
      <DeleteDialog
        schedule={doomed}
        isBusy={isBusy}
        close={() => doom(null)}
        confirm={schedule => void remove(schedule).then(isDone => isDone && doom(null))}
      />
    </Stack>
  )
}
