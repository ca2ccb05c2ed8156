import type postgres from 'postgres'
import { only } from '../only.ts'
import type { Held } from '../verbs.ts'

type Json = postgres.JSONValue

interface Call {
  model?: string
  tokens?: number
  isPriced?: boolean
}

interface Admission {
  verdict: string
  reason?: string
  after_seconds?: number
}

/** Asks whether a running task may call a model; by default a priced one, for no tokens. */
export async function admitCall(
  worker: postgres.Sql,
  { task, lease }: Held,
  { model = 'gpt-5', tokens = 0, isPriced = true }: Call = {},
): Promise<Admission> {
  const [row] = await worker`
    select worker.admit_call(${task}, ${lease}, ${model}, ${tokens}, ${isPriced}) as admission`
  return only(row).admission
}

interface Spending {
  key?: string
  model?: string
  input?: number
  cached?: number
  output?: number
  cost?: number | null
  reserved?: number
  /** 0 makes it a copy of another task's step. */
  attempt?: number
  usage?: Json
}

/** Journals a finished model call of the task's present life, and adds it to what was used, as record_steps does. */
export async function spend(
  worker: postgres.Sql,
  task: string,
  { key = crypto.randomUUID(), model = 'gpt-5', input = 0, cached = 0, output = 0, ...more }: Spending,
): Promise<void> {
  const { cost = null, reserved, attempt = 1 } = more
  const usage = more.usage ?? {
    requests: 1,
    inputTokens: input,
    cachedTokens: cached,
    outputTokens: output,
    totalTokens: input + output,
  }
  const step = { key, name: model, usage, cost, ...(reserved !== undefined && { reserved }) }
  await worker.begin(async tx => {
    await tx`
      insert into public.agent_task_steps
        (task_id, life, attempt, key, kind, agent, name, status, usage, cost, started_at, finished_at)
      select id, life, ${attempt}, ${key}, 'model', 'assistant', ${model}, 'done', ${tx.json(usage)}, ${cost}::numeric, now(), now()
      from public.agent_task_requests where id = ${task}`
    if (attempt === 0) return
    await tx`
      select private.spend(r, ${JSON.stringify(step)}::text::jsonb) from public.agent_task_requests r where id = ${task}`
  })
}

/** What has been added up, as numbers. */
export async function usage(sql: postgres.Sql) {
  return sql`
    select day::text, user_id, kind, model, requests::integer, input_tokens::integer, cached_tokens::integer,
      output_tokens::integer, cost::double precision, unpriced_requests::integer
    from public.agent_usage order by day, kind, model, user_id`
}

/** Sets the session's clock. */
export async function at(session: postgres.Sql, time: string): Promise<void> {
  await session`select set_config('worker.fake_now', ${time}, false)`
}

interface Budget {
  tenant?: string | null
  tokens?: number | null
  cost?: number | null
}

/** Says how much a tenant may spend; without one, every tenant that has no limits of its own. */
export async function limitSpending(
  sql: postgres.Sql,
  per: string,
  { tenant = null, tokens = null, cost = null }: Budget,
) {
  await sql`select public.limit_agent_spending(${tenant}, ${per}, ${tokens}, ${cost}::numeric)`
}

/** Says how often a model may be asked in a minute, and for how many tokens. */
export async function limitModel(
  sql: postgres.Sql,
  { model = 'gpt-5', requests = null as number | null, tokens = null as number | null },
) {
  await sql`select public.limit_agent_model(${model}, ${requests}, ${tokens})`
}
