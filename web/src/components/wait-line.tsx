import { Text } from '@mantine/core'
import type { AgentTask } from '../../../shared/task.ts'
import { useEnterpriseNames } from '../hooks/use-enterprise-names.ts'
import { useExplainedWait } from '../hooks/use-explained-wait.ts'
import { useNow } from '../hooks/use-now.ts'
import { explainWait } from '../words/wait-words.ts'

const shortWaitMs = 1_500

/** Why a task waits, in a sentence. A wait that is over in a moment needs no explanation. */
export function WaitLine({ task }: { task: AgentTask }) {
  const now = useNow(1_000)
  const why = useExplainedWait(task)
  const names = useEnterpriseNames()
  // When it starts or is tried again the status says already.
  if (!why || why.reason === 'scheduled' || why.reason === 'retry') return null
  if (now - Date.parse(task.updated_at) < shortWaitMs) return null
  const tenant = task.enterprise_id && (names.get(task.enterprise_id) ?? 'this enterprise')
  return (
    <Text size="sm" c="dimmed">
      {explainWait(why, { tenant, now })}
    </Text>
  )
}
