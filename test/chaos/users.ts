import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { addUser } from '../support/roles.ts'
import { type PlannedTask, TENANTS } from './plan.ts'
import { until, untilTaken } from './until.ts'

const REVIVAL_MS = 30_000

/** Those who submit, cancel, revive and reset. They repeat what the database has not taken. */
export type Users = {
  /** Does with this task what is planned, from `startedAt` (performance.now) on. */
  play: (task: PlannedTask, startedAt: number) => Promise<void>
  /** One more task that does nothing; returns its id. */
  probe: () => Promise<string>
}

export async function gatherUsers(sql: postgres.Sql, signal: AbortSignal): Promise<Users> {
  const tenants: (string | null)[] = [null]
  while (tenants.length < TENANTS) tenants.push(await addUser(sql, `user-${tenants.length}@chaos.test`))
  const say = <T>(what: () => PromiseLike<T>) => untilTaken(what, signal)

  const submit = (task: Omit<PlannedTask, 'atMs' | 'revived'>) =>
    say(
      () => sql`
        insert into public.agent_task_requests (id, user_id, priority, max_attempts, request_payload)
        values (${task.id}, ${tenants[task.tenant] ?? null}, ${task.priority}, ${task.maxAttempts},
          ${sql.json(task.script)})
        on conflict (id) do nothing`,
    )

  const revive = async (id: string) => {
    await until(() => isEnded(id), REVIVAL_MS, signal)
    // Said twice, it is refused the second time: then the first was taken, though its answer got lost.
    await say(() => sql`select public.retry_agent_task(${id})`).catch(error => {
      if (!(error instanceof postgres.PostgresError && error.code === '22023')) throw error
    })
  }
  const isEnded = async (id: string) => {
    const [row] = await say(
      () => sql`select finished_at is not null as ended from public.agent_task_requests where id = ${id}`,
    )
    return row?.ended === true
  }

  return {
    play: async (task, startedAt) => {
      const at = (ms: number) => pause(Math.max(0, startedAt + ms - performance.now()), undefined, { signal })
      await at(task.atMs)
      await submit(task)
      if (task.resetAtMs !== undefined) {
        await at(task.resetAtMs)
        await say(
          () =>
            sql`update public.agent_task_requests set status = 'pending' where id = ${task.id} and status = 'processing'`,
        )
      }
      if (task.cancelAtMs !== undefined) {
        await at(task.cancelAtMs)
        await say(() => sql`select public.cancel_agent_task(${task.id})`)
      }
      if (task.revived) await revive(task.id)
    },
    probe: async () => {
      const id = crypto.randomUUID()
      const script = { steps: [], endless: false, failures: 0, hopeless: false, stubborn: false }
      await submit({ id, tenant: 0, priority: 9, maxAttempts: 25, script })
      return id
    },
  }
}
