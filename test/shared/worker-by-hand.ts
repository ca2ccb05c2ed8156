import type postgres from 'postgres'
import { type Delta, type Step, taskTopic } from '../../shared/deltas.ts'
import type { Stack } from '../support/stack.ts'

/** The ways by which a batch of deltas may reach a reader. */
type Ways = { rows?: boolean; broadcast?: boolean }

/** A task in the hands of a test that plays the worker: it calls the same verbs. */
export type Held = {
  say: (deltas: Delta[], ways?: Ways) => Promise<void>
  record: (steps: Step[]) => Promise<void>
  /** Asks for consent to a tool call. */
  ask: (question: object) => Promise<void>
  settle: (outcome: 'completed' | 'failed' | 'retry' | 'cancelled' | 'waiting', detail: object) => Promise<void>
}

/** A delta of text. */
export function text(seq: number, words: string): Delta {
  return { seq, kind: 'text', step_key: 'model::1', data: { text: words } }
}

/** Claims a task, which must be pending, and nothing else. */
export function holdTask(stack: Stack, taskId: string): Promise<Held> {
  return holdBy(stack, stack.sql, taskId)
}

/** Submits a task and claims it at once, so that no other worker can. */
export async function submitAndHold(stack: Stack, row: Record<string, unknown>): Promise<{ id: string; held: Held }> {
  return await stack.sql.begin(async tx => {
    const [task] = await tx`insert into agent_task_requests ${tx(row)} returning id`
    const id = String(task?.id)
    return { id, held: await holdBy(stack, tx, id) }
  })
}

async function holdBy(stack: Stack, claimer: postgres.ISql, taskId: string): Promise<Held> {
  const { sql } = stack
  const rows = await claimer`select * from worker.claim(gen_random_uuid(), 100, 600)`
  const claimed = rows.find(row => row.task_id === taskId)
  if (!claimed) throw new Error(`Task ${taskId} was not there to be claimed.`)
  const { lease_id: lease, life } = claimed

  return {
    async say(deltas, { rows = true, broadcast = true } = {}) {
      const args = sql`array[${taskId}]::uuid[], array[${lease}]::uuid[], ${jsonArray([{ deltas }])}`
      if (rows) await sql`select worker.append_deltas(${args})`
      if (broadcast) await broadcastTo(stack, taskTopic(taskId), { task_id: taskId, life, deltas })
    },
    async record(steps) {
      await sql`select worker.record_steps(${taskId}, ${lease}, ${jsonArray(steps)})`
    },
    async ask(question) {
      await sql`select worker.ask_approvals(${taskId}, ${lease}, ${jsonArray([question])})`
    },
    async settle(outcome, detail) {
      const settled = sql`select * from worker.settle(array[${taskId}]::uuid[], array[${lease}]::uuid[], array[${outcome}], ${jsonArray([detail])})`
      const [row] = await settled
      if (row?.status === 'lost') throw new Error('The lease was lost.')
    },
  }

  // Made of one JSON text, since arrays of jsonb need a type that the driver does not know.
  function jsonArray(values: object[]) {
    return sql`array(select jsonb_array_elements(${JSON.stringify(values)}::text::jsonb))`
  }
}

async function broadcastTo({ url, serviceKey }: Stack, topic: string, payload: object): Promise<void> {
  const response = await fetch(`${url}/realtime/v1/api/broadcast`, {
    method: 'POST',
    headers: { apikey: serviceKey, authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ topic, event: 'deltas', payload, private: true }] }),
    signal: AbortSignal.timeout(5_000),
  })
  if (!response.ok) throw new Error(`The broadcast was answered with ${response.status}.`)
}
