import { Text } from '@mantine/core'
import type { AgentTask } from '../../../../shared/task.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import { useExplainedWait } from '../../hooks/use-explained-wait.ts'
import { useNow } from '../../hooks/use-now.ts'
import { explainWait } from '../../words/wait-words.ts'

/** Why a task waits, in a sentence, to whoever looks after it. */
export function StoryWait({ task }: { task: AgentTask }) {
  const now = useNow(30_000)
  const why = useExplainedWait(task)
  const names = useEnterpriseNames()
  const tenant = task.enterprise_id && (names.get(task.enterprise_id) ?? 'its enterprise')
  const words = why && explainWait(why, { tenant, whose: 'the same user', now })
  if (!words) return null
  return (
    <Text size="sm" c="dimmed">
      {words}
    </Text>
  )
}
