import { Box, Code, Spoiler } from '@mantine/core'
import { useApprovals } from '../../hooks/useApprovals.ts'
import { IconTool } from '../../icons.ts'
import type { ToolCall } from '../../voice/transcript.ts'
import { toolTitle } from '../../words/tool-words.ts'
import { ApprovalCard } from '../approvals/approval-card.tsx'
import { Event } from './event.tsx'

const outcomes = { running: 'at work', waiting: 'not done yet', done: 'done', failed: 'failed' }

/** A tool call: how it stands, what it gave, and where people have to approve it the way to do so. */
export function ToolLine({ call }: { call: ToolCall }) {
  const { name, state, durationMs, result, taskId } = call
  return (
    <Box>
      <Event icon={<IconTool size={15} />} isAlarm={state === 'failed'}>
        {toolTitle(name)}: {outcomes[state]}
        {durationMs !== null && ` (${Math.round(durationMs)} ms)`}
      </Event>
      {state === 'waiting' && taskId !== null && <OpenApprovals taskId={taskId} />}
      {(state === 'done' || state === 'failed') && (
        <Spoiler maxHeight={0} showLabel="What it gave" hideLabel="Hide" ml={22} styles={{ control: { fontSize: 12 } }}>
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {JSON.stringify({ asked: call.arguments, gave: result }, null, 2)}
          </Code>
        </Spoiler>
      )}
    </Box>
  )
}

function OpenApprovals({ taskId }: { taskId: string }) {
  const { mine, others, decider } = useApprovals()
  return [...mine, ...others]
    .filter(({ task_id }) => task_id === taskId)
    .map(approval => (
      <Box key={approval.id} mt="xs">
        <ApprovalCard approval={approval} decider={decider} isInTask />
      </Box>
    ))
}
