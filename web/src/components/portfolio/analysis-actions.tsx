import { Button, Group } from '@mantine/core'
import { kinds } from '../../../../shared/kinds.ts'
import type { AgentTask } from '../../../../shared/task.ts'
import { openAnalysis } from '../../hooks/portfolio/use-analysis-address.ts'
import type { useAgentTask } from '../../hooks/useAgentTask.ts'
import { IconPrint, IconRetry, IconStop } from '../../icons.ts'

type Props = {
  agentTask: ReturnType<typeof useAgentTask>
  task: AgentTask
  /** There is something to print. */
  hasResults: boolean
  /** Somebody else's could be made anew of one's own portfolio only. */
  isOwn: boolean
}

const look = { size: 'xs', variant: 'default' } as const

/** What can be done with an analysis: stop it, or print it and ask for the same anew. */
export function AnalysisActions({ agentTask, task, hasResults, isOwn }: Props) {
  const { isProcessing, isCancelling, isSubmitting, cancel, submitTask } = agentTask
  if (isProcessing) {
    const isStopping = isCancelling || task.cancel_requested_at !== null
    return (
      <Button {...look} leftSection={<IconStop size={14} />} disabled={isStopping} onClick={() => void cancel()}>
        {isStopping ? 'Stopping…' : 'Cancel'}
      </Button>
    )
  }
  // As a task of its own: what this one has finished stays.
  const again = async () => {
    const { data: request } = kinds['portfolio-analysis'].request.safeParse(task.request_payload)
    const next = await submitTask({ ...request, kind: 'portfolio-analysis', enterpriseId: null })
    if (next) openAnalysis(next.id)
  }
  return (
    <Group gap="xs">
      {hasResults && (
        <Button {...look} leftSection={<IconPrint size={14} />} onClick={() => window.print()}>
          Print or save as PDF
        </Button>
      )}
      {isOwn && (
        <Button {...look} leftSection={<IconRetry size={14} />} loading={isSubmitting} onClick={() => void again()}>
          Analyse again
        </Button>
      )}
    </Group>
  )
}
