import { Group, Stack, Text, Title } from '@mantine/core'
import type { AgentTask } from '../../../../shared/task.ts'
import type { TaskRow } from '../../hooks/admin/task-rows.ts'
import { useStoryAddress } from '../../hooks/admin/use-story-address.ts'
import { shortId } from '../../words/number-words.ts'
import { AddressLink } from '../address-link.tsx'
import { StatusLabel } from '../status-label.tsx'

/** The task that has started this one, and those that this one has started. */
export function StoryFamily({ task, kin }: { task: AgentTask; kin: TaskRow[] }) {
  const storyAddress = useStoryAddress()
  if (!task.parent_id && kin.length === 0) return null
  return (
    <section aria-label="Family">
      <Title order={3} fz="sm" fw={600} mb={6}>
        Family
      </Title>
      <Stack gap={6}>
        {task.parent_id && (
          <Text size="sm">
            Started by the task{' '}
            <AddressLink to={storyAddress(task.parent_id)} className="mono">
              {shortId(task.parent_id)}
            </AddressLink>
          </Text>
        )}
        {kin.map(child => (
          <Group key={child.id} gap="sm" wrap="nowrap">
            <StatusLabel status={child.status} />
            <AddressLink to={storyAddress(child.id)}>
              <Text span size="sm" lineClamp={1}>
                {child.prompt ?? child.kind}
              </Text>
            </AddressLink>
          </Group>
        ))}
      </Stack>
    </section>
  )
}
