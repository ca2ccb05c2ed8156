import type { TimelineEntry } from '../../../../shared/client/task-timeline.ts'
import type { AgentTask } from '../../../../shared/task.ts'
import { ApprovalLine } from './approval-line.tsx'
import { AttemptLine } from './attempt-line.tsx'
import { StepLine } from './step-line.tsx'
import { ToolLine } from './tool-line.tsx'
import { WritingLine } from './writing-line.tsx'

type Props = { entries: readonly TimelineEntry[]; task: AgentTask; userId: string | null; label: string }

/** Entries of a timeline, the first one first; what happened within a tool call stands under it. */
export function TimelineList({ entries, task, userId, label }: Props) {
  return (
    <ol className="plain-list timeline-list" aria-label={label}>
      {entries.map(entry => (
        <li key={entry.key}>
          <Entry entry={entry} task={task} userId={userId} />
        </li>
      ))}
    </ol>
  )
}

function Entry({ entry, task, userId }: { entry: TimelineEntry; task: AgentTask; userId: string | null }) {
  switch (entry.type) {
    case 'attempt':
      return <AttemptLine entry={entry} />
    case 'approval':
      return <ApprovalLine approval={entry.approval} userId={userId} />
    case 'writing':
      return <WritingLine text={entry.text} />
    case 'step':
      if (entry.step.kind !== 'tool') return <StepLine entry={entry} task={task} userId={userId} />
      return (
        <>
          <ToolLine entry={entry} task={task} userId={userId} />
          {entry.children.length > 0 && (
            <div className="timeline-nested">
              <TimelineList
                entries={entry.children}
                task={task}
                userId={userId}
                label={`What happened within ${entry.step.name}`}
              />
            </div>
          )}
        </>
      )
  }
}
