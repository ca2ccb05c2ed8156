import type { RealtimeChannel } from '@supabase/supabase-js'
import { z } from 'zod'
import { type Delta, deltasMessage, type Step, taskTopic } from '../deltas.ts'
import { type AgentTask, isFinished } from '../task.ts'
import type { Approval } from './approval-rows.ts'
import { type Feed, openFeed } from './feed.ts'
import { firstLink, keepLive, type Link } from './keep-live.ts'
import { readTask, tellWatching } from './read-task.ts'
import type { Supabase } from './supabase.ts'
import {
  emptyFold,
  foldDeltas,
  foldRecord,
  foldSnapshot,
  isBehind,
  type Piece,
  type TaskFold,
  textOf,
} from './task-fold.ts'

/** A task as its watchers see it. How news comes in (`connection`, `error`) is apart from how the task fares. */
export type TaskView = Link & {
  task: AgentTask | null
  /** What has been written so far, or the final answer. */
  text: string
  /** What model calls have written, each by the key of its step; those of nested agents, too. */
  pieces: readonly Piece[]
  /** Model calls, tool calls, handoffs and what else is in the journal, in the order in which they began. */
  steps: readonly Step[]
  /** The tool calls for which people are asked. */
  approvals: readonly Approval[]
  /** Who is at work. */
  agent: string | null
  /** There is no such task, or none that this user may see. */
  missing: boolean
}

/** A task, live. */
export type TaskFeed = Feed<TaskView>

/** Before anything is known of a task. */
export const emptyTaskView: TaskView = viewOf(emptyFold, firstLink)

/** Watches a task until the feed is closed, past its end too: a retry begins a new life of the same row. */
export function watchTask(supabase: Supabase, taskId: string): TaskFeed {
  const topic = taskTopic(taskId)
  return openFeed(supabase, topic, emptyTaskView, show => {
    let fold = emptyFold
    let link = firstLink

    const live = keepLive(supabase, {
      topic,
      listen,
      async read() {
        // Said before reading, so that what is written after it is heard; the first look need not wait for that.
        if (!hasEnded(fold)) await (fold.task ? tellWatching(supabase, taskId) : void tellWatching(supabase, taskId))
        const snapshot = await readTask(supabase, taskId, fold)
        // Into the fold as it is by now: more may have come in while this was read.
        take(foldSnapshot(fold, snapshot))
      },
      pollMs: channelIsUp => pollMs(fold, channelIsUp),
      onLink(next) {
        link = next
        show(viewOf(fold, link))
      },
    })
    return live

    function listen(channel: RealtimeChannel): void {
      const changes = { event: '*', schema: 'public', table: 'agent_task_requests', filter: `id=eq.${taskId}` } as const
      channel.on('postgres_changes', changes, message => {
        const { data } = change.safeParse(message)
        if (data && !data.errors?.length) hear(foldRecord(fold, data.new))
        else live.refresh()
      })
      channel.on('broadcast', { event: 'deltas' }, ({ payload }) => {
        const { data } = deltasMessage.safeParse(payload)
        if (data) hear(foldDeltas(fold, data))
        if (!data?.deltas.every(isWhole)) live.refresh()
      })
      const asked = { event: '*', schema: 'public', table: 'agent_approvals', filter: `task_id=eq.${taskId}` } as const
      channel.on('postgres_changes', asked, () => live.refresh())
    }

    // News that leaves a gap, or that ends the task: the database has the rest.
    function hear(next: TaskFold): void {
      const ends = hasEnded(next) && !hasEnded(fold)
      take(next)
      if (ends || isBehind(next)) live.refresh()
    }

    function take(next: TaskFold): void {
      fold = next
      show(viewOf(fold, link))
    }
  })
}

/** Of the others the rows tell more. */
function isWhole({ kind }: Delta): boolean {
  return kind !== 'retry' && kind !== 'asked'
}

// The whole row may be missing: a deleted one says no more than its id.
const change = z.object({
  eventType: z.enum(['INSERT', 'UPDATE']),
  new: z.record(z.string(), z.unknown()),
  errors: z.array(z.string()).nullish(),
})

function viewOf(fold: TaskFold, link: Link): TaskView {
  const { task, pieces, steps, agent, approvals, missing } = fold
  return { ...link, task, text: textOf(fold), pieces, steps, agent, approvals, missing }
}

function pollMs(fold: TaskFold, channelIsUp: boolean): number | null {
  if (!channelIsUp || isBehind(fold)) return fold.missing || hasEnded(fold) ? 15_000 : 2_000
  return hasEnded(fold) ? null : 20_000
}

function hasEnded({ task }: TaskFold): boolean {
  return task !== null && isFinished(task.status)
}
