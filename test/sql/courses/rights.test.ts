import { describe, expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import { addEnterprise, addMember, removeMember, setScene, user } from '../arrange.ts'
import { only } from '../only.ts'
import { setCourses, textOf } from './arrange.ts'

const scene = await setScene()
const { sql } = scene
const { people, employees, take, takeModule, takePlanned, output } = await setCourses(scene)

const OF_EMPLOYEES = ['employees', 'employee_profiles', 'employee_skills', 'employee_skill_gaps']
const OF_COURSES = [
  'cm_course_plans',
  'cm_research_sessions',
  'cm_research_sources',
  'cm_research_results',
  'cm_module_contents',
]
const OF_COMPANIES = ['positions', 'skills', 'position_skills']
const VIEWS = ['course_generation_jobs', 'cm_agent_handoffs']
const count = async (caller: Caller, table: string) =>
  (await as(sql, caller, tx => tx.unsafe(`select 1 from public.${table}`))).length

/** A course for Erin with something in each table, asked for by the admin. */
async function makeCourse() {
  const held = await takePlanned(1)
  await output(held, 'store_research_results', { module: 1, topic: 'T', findings: [{ claim: 'C', sources: [1] }] })
  await output(held, 'store_module_content', { module: 1, body: textOf('[2]') })
  await sql`insert into public.agent_task_steps (task_id, life, attempt, key, kind, agent, name, status, started_at, finished_at)
    values (${held.task}, 1, 1, 'handoff:1', 'handoff', 'Coordinator', 'Planning Agent', 'done', now(), now())`
  return held
}

/** Rows of a table that somebody sees, one or three of which are of Erin's course. */
async function seenBy(table: string) {
  const { owner, manager, admin, colleague, stranger, platformAdmin } = people
  const all = { owner, manager, admin, colleague, stranger, platformAdmin }
  const counts = await Promise.all(Object.values(all).map(id => count(user(id), table)))
  return Object.fromEntries(Object.keys(all).map((who, n) => [who, counts[n]]))
}

describe('of employees', () => {
  test.each([
    ['employees', { owner: 1, manager: 2, admin: 3, colleague: 1, stranger: 1, platformAdmin: 0 }],
    ['employee_profiles', { owner: 1, manager: 2, admin: 3, colleague: 1, stranger: 1, platformAdmin: 0 }],
    ['employee_skills', { owner: 1, manager: 3, admin: 3, colleague: 0, stranger: 0, platformAdmin: 0 }],
    ['employee_skill_gaps', { owner: 2, manager: 2, admin: 4, colleague: 2, stranger: 2, platformAdmin: 0 }],
  ])('%s are seen by the employee, the manager and admins', async (table, seen) => {
    expect(await seenBy(table)).toEqual(seen)
  })

  test.each(OF_COURSES)('%s of a course are seen by those who see its employee', async table => {
    await makeCourse()
    const n = table === 'cm_research_sources' ? 3 : 1
    expect(await seenBy(table)).toEqual({ owner: n, manager: n, admin: n, colleague: 0, stranger: 0, platformAdmin: 0 })
  })

  test.each(OF_COMPANIES)('%s are seen by the members of the enterprise', async table => {
    const n = table === 'positions' ? 1 : 2
    expect(await seenBy(table)).toEqual({ owner: n, manager: n, admin: n, colleague: n, stranger: n, platformAdmin: 0 })
  })

  test.each(VIEWS)('%s are seen with the task, and the plan in them with the employee', async view => {
    await makeCourse()
    expect(await seenBy(view)).toEqual({ owner: 0, manager: 0, admin: 1, colleague: 0, stranger: 0, platformAdmin: 1 })
    const [row] = await as(sql, user(people.platformAdmin), tx => tx.unsafe(`select plan_id from public.${view}`))
    expect(row).toEqual({ plan_id: null })
  })

  test.each([...OF_EMPLOYEES, ...OF_COURSES, ...OF_COMPANIES, ...VIEWS])(
    '%s are closed to the anonymous',
    async table => {
      await expect(count({ role: 'anon' }, table)).rejects.toMatchObject({ code: '42501' })
    },
  )

  test.each([...OF_EMPLOYEES.slice(0, 3), ...OF_COURSES, ...OF_COMPANIES])(
    '%s are not for users to write',
    async table => {
      const writes = [
        `delete from public.${table}`,
        `insert into public.${table} default values`,
        `truncate public.${table}`,
      ]
      for (const write of writes)
        await expect(
          as(sql, user(people.admin), tx => tx.unsafe(write)),
          write,
        ).rejects.toMatchObject({
          code: '42501',
        })
    },
  )

  test('nothing is seen any more by who has left the enterprise', async () => {
    await makeCourse()
    const left = await addMember(sql, people.acme, `left-${crypto.randomUUID()}@acme.test`, 'admin')
    await removeMember(sql, left)
    for (const table of [...OF_EMPLOYEES, ...OF_COURSES, ...OF_COMPANIES, ...VIEWS])
      expect(await count(user(left), table), table).toBe(0)
  })

  test('an account says nothing of an employee in an enterprise to which it does not belong', async () => {
    await sql`update public.employees set user_id = ${people.stranger} where id = ${employees.carl}`
    expect(await count(user(people.stranger), 'employees')).toBe(1)
    await sql`update public.employees set user_id = ${people.colleague} where id = ${employees.carl}`
  })
})

describe('a course', () => {
  const NOBODY = { load_employee: null, analyze_employee_profile: null, prioritize_skill_gaps: [] }
  const REFUSED = { error: 'This is no course of yours that is under way.' }
  const WRITING = [
    'begin_course',
    'store_course_plan',
    'store_planning_metadata',
    'keep_sources',
    'open_source',
    'store_research_results',
    'store_research_session',
    'store_module_content',
    'read_module_brief',
    'read_course_plan',
    'finish_course',
  ]

  async function expectNothing(held: { task: string; lease: string }) {
    for (const [name, nothing] of Object.entries(NOBODY)) expect(await output(held, name), name).toEqual(nothing)
    for (const name of WRITING) expect(await output(held, name), name).toEqual(REFUSED)
  }

  test.each(['admin', 'manager', 'owner'] as const)('is made for %s', async who => {
    const held = await take({ user_id: people[who] })
    expect(await output(held, 'load_employee')).toEqual({ id: employees.erin, name: 'Erin', gaps: 2 })
  })

  test.each([
    ['of a colleague', () => ({ user_id: people.colleague })],
    ['of another enterprise’s employee', () => ({ request_payload: { employeeId: employees.gus } })],
    ['asked for from another enterprise', () => ({ user_id: people.stranger, enterprise_id: people.globex })],
    ['of one’s own enterprise, by who is no member of it', () => ({ user_id: people.stranger })],
    ['in a task of no enterprise', () => ({ enterprise_id: null })],
    ['in a task of nobody', () => ({ user_id: null })],
    ['of another kind', () => ({ kind: 'assistant' })],
    ['of nobody known', () => ({ request_payload: { employeeId: crypto.randomUUID() } })],
    ['of who is named by a list', () => ({ request_payload: { employeeId: [employees.erin] } })],
    ['of nobody at all', () => ({ request_payload: {} })],
  ])('%s is not found by any tool', async (_what, values) => {
    await expectNothing(await take(values()))
  })

  test('is not found by who sees the employee in two enterprises, when the task is of the other', async () => {
    const other = await addEnterprise(sql, `Other ${crypto.randomUUID()}`)
    await sql`insert into public.enterprise_members (enterprise_id, user_id, role) values (${other}, ${people.admin}, 'admin')`
    await expectNothing(await take({ enterprise_id: other }))
  })

  test('ends for who leaves the enterprise while it is made', async () => {
    const boss = await addMember(sql, people.acme, `boss-${crypto.randomUUID()}@acme.test`, 'admin')
    const held = await takePlanned(1, { user_id: boss })
    await removeMember(sql, boss)
    await expectNothing(held)
  })

  test('ends for a manager who is that no longer', async () => {
    const held = await takePlanned(1, { user_id: people.manager })
    await sql`update public.employees set manager_id = null where id = ${employees.erin}`
    await expectNothing(held)
    await sql`update public.employees set manager_id = ${employees.max} where id = ${employees.erin}`
  })

  test('of another is not found by who knows the id of its task', async () => {
    const { task } = await takePlanned(1)
    for (const id of [people.owner, people.stranger]) {
      for (const [name, nothing] of Object.entries(NOBODY)) {
        const [row] = await as(sql, user(id), tx => tx.unsafe(`select agent_tools.${name}('${task}', '{}') as found`))
        expect(only(row).found, name).toEqual(nothing)
      }
      for (const name of WRITING) {
        const forged = as(sql, user(id), tx => tx.unsafe(`select agent_tools.${name}('${task}', '{}')`))
        await expect(forged, name).rejects.toMatchObject({ code: '42501' })
      }
    }
  })

  test('is not written when its task has ended', async () => {
    const { task } = await takePlanned(1)
    await sql`update public.agent_task_requests set status = 'cancelled' where id = ${task}`
    for (const name of WRITING) {
      const late = as(sql, user(people.admin), tx => tx.unsafe(`select agent_tools.${name}('${task}', '{}')`))
      await expect(late, name).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('whose module another tenant asks for is not found', async () => {
    const { plan, task } = await takePlanned(1)
    await sql`update public.agent_task_requests set status = 'cancelled' where id = ${task}`
    await expectNothing(await takeModule(plan, { user_id: people.stranger, enterprise_id: people.globex }))
    await expectNothing(await takeModule(plan, { user_id: people.colleague }))
  })
})
