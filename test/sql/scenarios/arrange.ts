import type postgres from 'postgres'
import { beforeEach } from 'vitest'
import type { AgentDefinition, ScenarioDefinition } from '../../../shared/scenarios.ts'
import { as, type Caller } from '../../support/roles.ts'
import { addMember, addPeople, removeMember, type setScene, user } from '../arrange.ts'
import { only } from '../only.ts'
import { claimOne, type Held, runTool, settle } from '../verbs.ts'

type Json = postgres.JSONValue
export type Row = Record<string, unknown>

/** What a session is begun with: where nothing is said, with the scenario `help` for Acme. */
interface Begin {
  id?: string
  scenario?: string
  root?: string | null
  page?: unknown
  enterprise?: string | null
  override?: unknown
}

type EscalationVerb = 'take_escalation' | 'answer_escalation' | 'close_escalation'

export function agentOf(name: string, more: Partial<AgentDefinition> = {}): AgentDefinition {
  const texts = { title: name.toUpperCase(), description: `Knows ${name}.`, instructions: `You are ${name}.` }
  return { name, ...texts, model: null, voice: null, tools: [], handoffs: [], intents: [], pages: [], ...more }
}

/** A scenario of a desk that hands over to an expert. */
export function definitionOf(more: Partial<ScenarioDefinition> = {}): ScenarioDefinition {
  return {
    title: 'Help',
    description: 'Helps.',
    rootAgent: 'desk',
    agents: [agentOf('desk', { handoffs: ['expert'], tools: ['escalate_to_human'] }), agentOf('expert')],
    moderation: { input: true, output: true, tolerates: [] },
    privacy: { remove: [] },
    overrides: { instructions: false, models: [] },
    pages: [],
    ...more,
  }
}

/** People, and the verbs of scenarios as they call them. At the beginning of each test there are only the delivered ones. */
export async function setScenarios({ sql, worker }: Awaited<ReturnType<typeof setScene>>) {
  const people = await addPeople(sql)
  const exAdmin = await addMember(sql, people.acme, 'ex-admin@acme.test', 'admin')
  await removeMember(sql, exAdmin)
  const owner = user(people.owner)
  beforeEach(async () => {
    await sql`delete from public.scenarios where id not in ('retail', 'clinic', 'project_writer')`
    await sql`delete from public.drafts`
    await sql`delete from public.clinic_slots`
    // Tests call more often than users do.
    await sql`update public.scenario_tools set calls_per_minute = 10000`
    await sql`delete from public.scenario_models`
    await sql`insert into public.scenario_models values ('gpt-5', now()), ('gpt-5-mini', now())`
  })

  const call = async (caller: Caller, query: (tx: postgres.TransactionSql) => Promise<Row[]>): Promise<Row> =>
    only((await as(sql, caller, query))[0])

  const save = (caller: Caller, id: string, definition: unknown, expected = 0, enterprise: string | null = null) =>
    call(
      caller,
      tx =>
        tx`select * from public.save_scenario(${id}, ${tx.json(definition as Json)}, ${expected}, 'A note.', ${enterprise})`,
    )
  const begin = (caller: Caller, values: Begin = {}) => {
    const plain = {
      id: crypto.randomUUID(),
      scenario: 'help',
      root: null,
      page: {},
      enterprise: people.acme,
      override: null,
    }
    const { id, scenario, root, page, enterprise, override } = { ...plain, ...values }
    return call(
      caller,
      tx =>
        tx`select * from public.begin_scenario_session(${id}, ${scenario}, ${root}, ${tx.json(page as Json)}, ${enterprise},
          ${override === null ? null : tx.json(override as Json)})`,
    )
  }
  /** A session of the owner's with the scenario `help` of Acme. */
  async function begun(values: Begin = {}): Promise<string> {
    if (!(await sql`select from public.scenarios where id = 'help'`).length)
      await save(user(people.admin), 'help', definitionOf(), 0, people.acme)
    return (await begin(owner, values)).session_id as string
  }
  /** A task of the owner's in Acme that is under way. */
  async function take(values: Row = {}): Promise<Held> {
    const row = {
      ...{ user_id: people.owner, enterprise_id: people.acme, kind: 'scenario', request_payload: { message: 'Hi' } },
      ...values,
    }
    await sql`insert into public.agent_task_requests ${sql(row)}`
    return claimOne(worker)
  }
  const output = async (held: Held, name: string, input: Json = {}) =>
    (await runTool(worker, held, { name, key: crypto.randomUUID(), input })).output as Record<string, Json>
  const complete = (held: Held, response: Json = { answer: 'Hi.' }) =>
    settle(worker, { ...held, outcome: 'completed', detail: { response } })
  /** An escalation in that session. */
  async function escalate(session: string): Promise<string> {
    const held = await take({ session_id: session })
    const { escalation } = await output(held, 'escalate_to_human', { reason: 'Angry.' })
    await complete(held)
    return escalation as string
  }
  const run = (verb: EscalationVerb, caller: Caller, id: string, text = 'I am here.'): Promise<Row> =>
    call(caller, tx =>
      verb === 'answer_escalation'
        ? tx`select * from public.answer_escalation(${id}, ${text})`
        : tx`select * from ${tx.unsafe(`public.${verb}`)}(${id})`,
    )
  /** A session with an escalation that the admin has taken. */
  async function taken() {
    const session = await begun()
    const id = await escalate(session)
    await run('take_escalation', user(people.admin), id)
    return { session, id }
  }
  const addDraft = (values: Row = {}, caller: Caller = owner): Promise<Row> =>
    call(caller, tx => tx`insert into public.drafts ${tx({ title: 'Plan', content: '# One', ...values })} returning *`)
  const verbs = { call, save, begin, begun, take, output, complete, escalate, run, taken, addDraft }
  return { people: { ...people, exAdmin }, owner, ...verbs }
}
