import { Alert, Button, Group, List, Text } from '@mantine/core'
import { useAskedAction } from '../../hooks/admin/use-asked-action.ts'
import type { QueueOverview } from '../../hooks/admin/use-queue-overview.ts'
import { IconAlert } from '../../icons.ts'
import { alarmsOf } from '../../words/queue-words.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'

/** What needs a person. Read out when it changes, which counts are not: they change all the time. */
export function AlarmNote({ overview }: { overview: QueueOverview | undefined }) {
  const { ask, dialog } = useAskedAction()
  const alarms = overview ? alarmsOf(overview) : []
  const isStuck = overview !== undefined && overview.stuck > 0
  return (
    <div role="status" aria-live="polite" className={alarms.length === 0 ? 'visually-hidden' : undefined}>
      {alarms.length === 0 && overview && 'All is well.'}
      {alarms.length > 0 && (
        <Alert color="yellow" className="alarm-note" icon={<IconAlert size={18} />} title="This needs a look">
          <Group justify="space-between" align="flex-end">
            <List
              size="sm"
              spacing={4}
              listStyleType={alarms.length > 1 ? 'disc' : 'none'}
              withPadding={false}
              flex={1}
              miw={240}
            >
              {alarms.map(alarm => (
                <List.Item key={alarm}>
                  <Text size="sm">{alarm}</Text>
                </List.Item>
              ))}
            </List>
            {isStuck && (
              <Button size="xs" variant="default" onClick={() => ask({ verb: 'reset_stuck', taskIds: [] })}>
                Reset stuck tasks
              </Button>
            )}
          </Group>
        </Alert>
      )}
      <ConfirmDialog {...dialog} />
    </div>
  )
}
