import { afterEach, describe, expect, test } from 'vitest'
import { addUser } from '../../support/roles.ts'
import { later, setScene, submit, user } from '../arrange.ts'
import { appendDeltas, claim, claimOne, reap, textDelta } from '../verbs.ts'

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Plans?: Plan[]
}

let plans: Plan[] = []
const { sql, worker, connect } = await setScene()
/** Reports how PostgreSQL goes about every statement inside of the functions that it calls. */
const explained = await connect({ onNotice: message => plans.push(...plansIn(message)) })
await explained`load 'auto_explain'`

function plansIn(message: string): Plan[] {
  const flatten = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flatten)]
  return message.includes('plan:') ? flatten(JSON.parse(message.slice(message.indexOf('{'))).Plan) : []
}

async function explain<T>(act: () => Promise<T>): Promise<T> {
  plans = []
  await explained.unsafe(`
    set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
    set auto_explain.log_format = json; set client_min_messages = log`)
  const result = await act()
  await explained`set client_min_messages = notice`
  return result
}

/** Many rows at once, past the triggers. */
function fill(status: string, rows: number) {
  const finished = status === 'completed'
  return sql.begin(async tx => {
    await tx`set local session_replication_role = replica`
    await tx`
      insert into public.agent_task_requests (status, priority, run_at, finished_at, request_payload)
      select ${status}, n % 10, now() + case when ${status} = 'scheduled' then interval '1 day' else '-1 hour' end,
        case when ${finished} then now() end, jsonb_build_object('prompt', repeat('x', 200))
      from generate_series(1, ${rows}::integer) n`
  })
}

/** What PostgreSQL may believe of the table when the queue is asked. */
const STATISTICS: [string, () => Promise<unknown>][] = [
  [
    'never analysed',
    async () => {
      await fill('completed', 20_000)
      await fill('pending', 2000)
    },
  ],
  [
    'analysed just now',
    async () => {
      await fill('completed', 20_000)
      await fill('pending', 2000)
      await sql`analyze public.agent_task_requests`
    },
  ],
  [
    'analysed when nothing was pending',
    async () => {
      await fill('completed', 20_000)
      await sql`analyze public.agent_task_requests`
      await fill('pending', 2000)
    },
  ],
  [
    'analysed when all was pending',
    async () => {
      await fill('pending', 2000)
      await sql`analyze public.agent_task_requests`
      await fill('completed', 20_000)
    },
  ],
]

// Faster than the deletes of the scene.
afterEach(() => sql`truncate public.agent_task_requests cascade`)

describe('with 20,000 finished and 2,000 pending requests', () => {
  test.each(STATISTICS)('claim and reap never read the whole table: %s', async (_, arrange) => {
    await arrange()
    await later(explained, '2 minutes')
    // Each more often than the five times after which PostgreSQL may turn to a plan for any parameters.
    await explain(async () => {
      for (let n = 0; n < 8; n++) expect(await claim(explained, { slots: 5 })).toHaveLength(5)
      for (let n = 0; n < 8; n++) expect(await claim(explained, { kinds: ['assistant'] })).toHaveLength(1)
      await later(explained, '4 minutes')
      for (let n = 0; n < 8; n++) expect(await reap(explained, 1)).toHaveLength(1)
    })
    expect(scans()).not.toContainEqual(['agent_task_requests', 'Seq Scan'])
    expect(plans.filter(plan => plan['Index Name'] === 'requests_to_claim')).toHaveLength(16)
    expect(plans.filter(plan => plan['Index Name'] === 'requests_to_promote')).toHaveLength(16)
  })
})

describe('with 20,000 scheduled requests', () => {
  test('a claim looks only at those that are due', async () => {
    await fill('scheduled', 20_000)
    await sql`analyze public.agent_task_requests`
    await explain(() => claim(explained))
    const promote = plans.find(plan => plan['Index Name'] === 'requests_to_promote')
    expect(promote?.['Index Cond']).toContain('run_at <=')
  })
})

describe('with 20,000 finished requests of others', () => {
  test('an insert counts the open tasks of its user by their index', async () => {
    await fill('completed', 20_000)
    const owner = await addUser(sql, 'owner@acme.test')
    await explain(() => submit(explained, { user_id: owner }))
    expect(plans).toContainEqual(expect.objectContaining({ 'Index Name': 'requests_open_of_user' }))
    expect(scans()).not.toContainEqual(['agent_task_requests', 'Seq Scan'])
  })

  test('a user finds the own tasks by their index', async () => {
    await fill('completed', 20_000)
    await sql`analyze public.agent_task_requests`
    const { role, sub } = user(await addUser(sql, 'reader@acme.test'))
    await explained`begin`
    await explained`select set_config('request.jwt.claims', ${JSON.stringify({ sub })}, true), set_config('role', ${role}, true)`
    const [plan] = await explained`
      explain (format json) select * from public.agent_task_requests where user_id = auth.uid() order by created_at desc limit 20`
    await explained`rollback`
    expect(JSON.stringify(plan)).toContain('requests_of_user')
  })

  test('a step is journalled and streamed without a look at the rest', async () => {
    await fill('completed', 20_000)
    await submit(sql)
    const held = await claimOne(worker)
    await explain(() => appendDeltas(explained, held, textDelta(1)))
    expect(scans()).not.toContainEqual(['agent_task_requests', 'Seq Scan'])
  })
})

function scans() {
  return plans.map(plan => [plan['Relation Name'], plan['Node Type']])
}
