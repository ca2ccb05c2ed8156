import { Button, CopyButton, Group } from '@mantine/core'
import type { useAgentTask } from '../hooks/useAgentTask.ts'
import { IconCheck, IconCopy, IconPlus, IconRetry, IconStop } from '../icons.ts'

type Props = {
  agentTask: ReturnType<typeof useAgentTask>
  /** Of a conversation only the latest turn can be made anew. */
  canRetry?: boolean
  askAnother?: () => void
}

/** What can be done with a task in its present state. */
export function TaskActions({ agentTask, canRetry = true, askAnother }: Props) {
  const { currentTask, text, isProcessing, isCancelling, isRetrying, cancel, retry } = agentTask
  if (isProcessing) {
    const isStopping = isCancelling || currentTask?.cancel_requested_at != null
    return (
      <Button {...look} leftSection={<IconStop size={14} />} disabled={isStopping} onClick={() => void cancel()}>
        {isStopping ? 'Stopping…' : 'Cancel'}
      </Button>
    )
  }
  return (
    <Group gap="xs">
      {text && (
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button {...look} leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />} onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      )}
      {canRetry && currentTask?.status !== 'completed' && (
        <Button {...look} leftSection={<IconRetry size={14} />} loading={isRetrying} onClick={() => void retry()}>
          Retry
        </Button>
      )}
      {askAnother && (
        <Button {...look} leftSection={<IconPlus size={14} />} onClick={askAnother}>
          Ask another
        </Button>
      )}
    </Group>
  )
}

const look = { size: 'xs', variant: 'default' } as const
