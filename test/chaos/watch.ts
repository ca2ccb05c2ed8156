import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'

const PAUSE_MS = 60

/** Looks at the database all the while, for what must hold at every moment. */
export type Watch = {
  /** How often it was looked at: not while it was away. */
  looks: () => number
  end: () => Promise<void>
}

/** @param onBreach told once, with everything that is wrong at that moment; then the watch ends. */
export function startWatch(databaseUrl: string, onBreach: (breaches: string[]) => void): Watch {
  // Its own connection: it must not wait for its turn behind the users.
  const sql = postgres(databaseUrl, { max: 1, fetch_types: false, onnotice: () => undefined })
  const ending = new AbortController()
  const seen = new Map<string, Seen>()
  let looks = 0

  const run = async () => {
    while (!ending.signal.aborted) {
      const look = await lookAt(sql).catch(() => undefined)
      if (look) {
        looks += 1
        const breaches = [...look.breaches, ...look.rows.flatMap(row => setBack(row, seen))]
        if (breaches.length > 0) return onBreach(breaches)
      }
      await pause(PAUSE_MS)
    }
  }
  const running = run()
  return {
    looks: () => looks,
    end: async () => {
      ending.abort()
      await running
      await sql.end({ timeout: 5 })
    },
  }
}

type Seen = { id: string; status: string; version: number; life: number; ended: boolean }

/** What went back in time since the last look: a version, a life, or a task that had ended. */
function setBack(row: Seen, seen: Map<string, Seen>): string[] {
  const before = seen.get(row.id)
  seen.set(row.id, row)
  if (!before) return []
  const breaches: string[] = []
  if (row.version < before.version) breaches.push(`version ${before.version} → ${row.version}: ${row.id}`)
  if (row.life < before.life) breaches.push(`life ${before.life} → ${row.life}: ${row.id}`)
  if (before.ended && row.life === before.life && row.version !== before.version) {
    breaches.push(`${before.status} → ${row.status} after the end, in the same life: ${row.id}`)
  }
  return breaches
}

/** One statement, so that all of it is seen at one moment. */
async function lookAt(sql: postgres.Sql): Promise<{ breaches: string[]; rows: Seen[] }> {
  const [look] = await sql<{ breaches: string[] | null; rows: Seen[] | null }[]>`
    with breach as (
      select 'processing without a lease' as rule, r.id from public.agent_task_requests r
      where r.status = 'processing' and not exists (select from worker.leases l where l.task_id = r.id)
      union all
      select 'a lease without processing', l.task_id from worker.leases l
      where not exists (select from public.agent_task_requests r where r.id = l.task_id and r.status = 'processing')
      union all
      select 'more than one lease', l.task_id from worker.leases l group by l.task_id having count(*) > 1
      union all
      select 'finished_at does not tell the end', r.id from public.agent_task_requests r
      where (r.status in ('completed', 'failed', 'cancelled')) <> (r.finished_at is not null)
      union all
      select 'an answer on a task that has not ended', r.id from public.agent_task_requests r
      where r.response_payload is not null and r.finished_at is null
      union all
      select 'more attempts than allowed', r.id from public.agent_task_requests r where r.attempt > r.max_attempts
      union all
      select 'more crashes than attempts', r.id from public.agent_task_requests r where r.crash_count > r.attempt
      union all
      select format('%s of life %s was written with lease %s while %s held', key, life, writer, coalesce(holder::text, 'none')),
        task_id
      from chaos.writes where writer is distinct from holder
    )
    select
      (select json_agg(rule || ': ' || id) from breach) as breaches,
      (select json_agg(json_build_object('id', r.id, 'status', r.status, 'version', r.version, 'life', r.life,
        'ended', r.finished_at is not null)) from public.agent_task_requests r) as rows`
  return { breaches: look?.breaches ?? [], rows: look?.rows ?? [] }
}
