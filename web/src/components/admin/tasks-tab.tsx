import { Stack } from '@mantine/core'
import { useState } from 'react'
import { useAskedAction } from '../../hooks/admin/use-asked-action.ts'
import { useTaskFilters } from '../../hooks/admin/use-task-filters.ts'
import { useTaskPage } from '../../hooks/admin/use-task-page.ts'
import type { Rights } from '../../hooks/use-rights.ts'
import { ErrorNote } from '../error-note.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { PageButtons } from './page-buttons.tsx'
import { TaskFilterBar } from './task-filter-bar.tsx'
import { TaskTable } from './task-table.tsx'

/** All tasks that one looks after, a page at a time, and what can be done with many of them. */
export function TasksTab({ rights }: { rights: Rights }) {
  const { filters, texts, change } = useTaskFilters()
  const { data, error } = useTaskPage(rights, filters)
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const { ask, dialog } = useAskedAction(() => choose(new Set()))
  return (
    <Stack gap="md" pb={chosen.size > 0 ? 130 : 0}>
      <TaskFilterBar rights={rights} texts={texts} change={change} />
      {!data && error && <ErrorNote error={error} title="The tasks cannot be read" />}
      {(data || !error) && <TaskTable tasks={data?.tasks} selection={{ chosen, choose }} />}
      {data && <PageButtons page={data} go={change} />}
      <BulkBar
        chosen={chosen}
        verbs={['cancel', 'retry', 'reset', 'prioritize']}
        clear={() => choose(new Set())}
        ask={verb => ask({ verb, taskIds: [...chosen] })}
      />
      <ConfirmDialog {...dialog} />
    </Stack>
  )
}
