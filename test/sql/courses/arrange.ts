import type postgres from 'postgres'
import { beforeEach } from 'vitest'
import { addMember, addPeople, type setScene, submitAndClaim } from '../arrange.ts'
import { only } from '../only.ts'
import { type Held, runTool } from '../verbs.ts'

type Json = postgres.JSONValue
type Scene = Awaited<ReturnType<typeof setScene>>

/**
 * Two enterprises with employees. In Acme: Erin, who is the owner and lacks SQL and Talking; Max, who is the manager and
 * lacks nothing; Carl, who is the colleague. In Globex: Gus, without an account, who lacks SQL. No courses at the beginning
 * of each test.
 */
export async function setCourses(scene: Scene) {
  const { sql, worker } = scene
  const people = await addPeople(sql)
  const manager = await addMember(sql, people.acme, 'manager@acme.test')
  const acme = await addCompany(sql, people.acme)
  const globex = await addCompany(sql, people.globex)
  const max = await addEmployee(sql, acme, 'Max', { user_id: manager })
  const erin = await addEmployee(sql, acme, 'Erin', { user_id: people.owner, manager_id: max })
  const carl = await addEmployee(sql, acme, 'Carl', { user_id: people.colleague })
  const gus = await addEmployee(sql, globex, 'Gus')
  for (const skill of [acme.sql, acme.talking])
    await sql`insert into public.employee_skills values (${max}, ${skill}, 5)`
  await sql`insert into public.employee_skills values (${erin}, ${acme.sql}, 1)`
  beforeEach(async () => {
    await sql`delete from public.cm_course_plans`
  })

  /** A task under way that makes a course for Erin, asked for by the admin where nothing else is said. */
  function take(values: Record<string, unknown> = {}): Promise<Held> {
    const ofAdmin = { user_id: people.admin, enterprise_id: people.acme, request_payload: { employeeId: erin } }
    return submitAndClaim(scene, { kind: 'course-generation', ...ofAdmin, ...values })
  }
  const takeModule = (planId: Json, values = {}) =>
    take({ kind: 'course-module', request_payload: { planId, module: 1 }, ...values })
  const output = async (held: Held, name: string, input: Json = {}) =>
    (await runTool(worker, held, { name, key: crypto.randomUUID(), input })).output
  /** A task with a plan of so many modules and three sources. */
  async function takePlanned(count = 2, values = {}): Promise<Held & { plan: string }> {
    const held = await take(values)
    await output(held, 'begin_course')
    const { plan_id: plan } = (await output(held, 'store_course_plan', planOf(count))) as { plan_id: string }
    await output(held, 'keep_sources', { query: 'sql', pages: [1, 2, 3].map(pageOf) })
    return { ...held, plan }
  }
  return { people: { ...people, manager }, employees: { max, erin, carl, gus }, take, takeModule, takePlanned, output }
}

/** One position, which asks for two skills. */
async function addCompany(sql: postgres.Sql, enterprise_id: string) {
  const [position] = await sql`insert into public.positions (enterprise_id, title, department, level)
    values (${enterprise_id}, 'Analyst', 'Data', 'mid') returning id`
  const skills = await sql`insert into public.skills (enterprise_id, name)
    select ${enterprise_id}, unnest(array['SQL', 'Talking']) returning id`
  const [first, second] = skills.map(skill => skill.id as string)
  await sql`insert into public.position_skills values
    (${enterprise_id}, ${only(position).id}, ${only(first)}, 4, 5), (${enterprise_id}, ${only(position).id}, ${only(second)}, 2, 2)`
  return { enterprise_id, position_id: only(position).id as string, sql: only(first), talking: only(second) }
}

async function addEmployee(
  sql: postgres.Sql,
  { enterprise_id, position_id }: { enterprise_id: string; position_id: string },
  full_name: string,
  more: Record<string, string> = {},
): Promise<string> {
  const row = { enterprise_id, position_id, full_name, joined_on: '2020-01-01', ...more }
  const [added] = await sql`insert into public.employees ${sql(row)} returning id`
  await sql`insert into public.employee_profiles (employee_id, notes) values (${only(added).id}, ${`About ${full_name}.`})`
  return only(added).id
}

/** A module as it is planned. */
export function moduleOf(number: number, more: Record<string, Json> = {}): Record<string, Json> {
  const levels = { from_level: 1, to_level: 2 }
  const plain = { title: `Module ${number}`, skill: 'SQL', objectives: ['To ask.'], hours: 2, depends_on: [] }
  return { number, ...plain, ...levels, ...more }
}

/** What store_course_plan takes, with the modules given, or so many. */
export function planOf(modules: number | Json[], more: Record<string, Json> = {}): Record<string, Json> {
  const all = typeof modules === 'number' ? Array.from({ length: modules }, (_, n) => moduleOf(n + 1)) : modules
  return {
    course_structure: { title: 'To ask data', duration_weeks: 4, modules: all },
    research_strategy: [{ module: 1, queries: ['sql joins'] }],
    learning_path: all.map((_, n) => ({ week: n + 1, modules: [n + 1], hours: 2 })),
    ...more,
  }
}

export function pageOf(number: number) {
  return { url: `https://corpus.liverow.test/${number}`, title: `Page ${number}`, excerpt: 'Joins.', origin: 'corpus' }
}

/** A text that is long enough for a module. */
export function textOf(ending = ''): string {
  return `${'word '.repeat(150)}${ending}`
}

/** What `act` brings, all that it has done being undone. */
export async function rolledBack<T>(sql: postgres.Sql, act: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
  let result: T | undefined
  const undone = new Error('Undone.')
  await sql
    .begin(async tx => {
      result = await act(tx)
      throw undone
    })
    .catch(error => {
      if (error !== undone) throw error
    })
  return result as T
}
