import { z } from 'zod'
import { type TimelineEntry, timelineOf } from '../../../../shared/client/task-timeline.ts'
import type { TaskView } from '../../../../shared/client/watch-task.ts'

/** What is written of each module so far, by its number: of those alone that are under way. */
export type Writing = ReadonlyMap<number, string>

const nothing: Writing = new Map()
const input = z.object({ module: z.number() })

/**
 * The modules that a course's agents are writing just now, and those that are stored but not read yet.
 * @param isCurrent everything that is stored is read.
 */
export function writingOf({ task, steps, pieces, approvals }: TaskView, isCurrent: boolean): Writing {
  if (!task || (task.status !== 'processing' && isCurrent)) return nothing
  const writing = new Map<number, string>()
  for (const entry of timelineOf({ task, steps, pieces, approvals })) {
    if (entry.type !== 'step' || entry.step.name !== 'write_module') continue
    const { data } = input.safeParse(entry.step.input)
    if (!data) continue
    if (isRefused(entry)) writing.delete(data.module)
    else writing.set(data.module, textIn(entry.children))
  }
  return writing
}

function isRefused({ step }: Extract<TimelineEntry, { type: 'step' }>): boolean {
  return step.status === 'done' && !JSON.stringify(step.output ?? '').includes('content_id')
}

function textIn(entries: readonly TimelineEntry[]): string {
  const texts = entries.map(entry => (entry.type === 'writing' || entry.type === 'step' ? entry.text : ''))
  return texts.findLast(text => text !== '') ?? ''
}
