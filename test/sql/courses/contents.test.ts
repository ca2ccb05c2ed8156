import type postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { setScene, user, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'
import { claimOne, type Held, recordSteps, runTool, settle } from '../verbs.ts'
import { moduleOf, pageOf, planOf, setCourses, textOf } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const { people, take, takeModule, takePlanned, output } = await setCourses(scene)

const refused = (words: RegExp) => ({ error: expect.stringMatching(words) })
const write = (held: Held, module: number, ending = '') =>
  output(held, 'store_module_content', { module, body: textOf(ending) })
const contents = () => sql`select module_number as module, version, sources, task_id as task
  from public.cm_module_contents order by 1, 2`
const end = ({ task, lease }: Held) => settle(worker, { task, lease, outcome: 'completed', detail: { response: {} } })

describe('a module', () => {
  test('is stored once by a task, with the sources that it cites', async () => {
    const held = await takePlanned(2)
    const first = await write(held, 2, 'As shown [3], and again [1][3].')
    expect(first).toEqual({ content_id: expect.any(String), title: 'Module 2', words: 156, written: 1, total: 2 })
    expect(await write(held, 2, 'Something else.')).toEqual(first)
    expect(await contents()).toEqual([{ module: 2, version: 1, sources: [1, 3], task: held.task }])
  })

  test('cites nothing by what stands in code', async () => {
    const held = await takePlanned(1)
    await write(held, 1, 'Ask `row[7]`.\n```ts\nconst [a] = rows[9]\n```\nThen [2].\n```\nrows[8]\n```\n')
    expect(await contents()).toMatchObject([{ sources: [2] }])
  })

  test.each([
    ['with a source that is not there', 1, textOf('[4]'), /no source \[4\]/],
    ['of a few words', 1, 'Too short.', /and this has 2/],
    ['without a text', 1, null, /and this has 0/],
    ['of more words than anybody reads', 1, 'word '.repeat(4001), /and this has 4001/],
    ['of endless words', 1, `${'w'.repeat(600)} `.repeat(130), /60000 characters/],
    ['that is not planned', 3, textOf(), /no module 3: it has 1 to 2/],
    ['whose number is text', '1', textOf(), /no module without a number/],
  ])('%s is refused', async (_what, module, body, words) => {
    const held = await takePlanned(2)
    expect(await output(held, 'store_module_content', { module, body })).toEqual(refused(words))
  })

  test('is briefed with its findings and their sources, when what it builds on is written', async () => {
    const held = await take()
    await output(held, 'store_course_plan', planOf([moduleOf(1), moduleOf(2, { depends_on: [1] })]))
    await output(held, 'keep_sources', { query: 'q', pages: [pageOf(1), pageOf(2)] })
    const findings = [{ claim: 'C', sources: [2] }]
    await output(held, 'store_research_results', { module: 2, topic: 'T', findings })
    expect(await output(held, 'read_module_brief', { module: 2 })).toEqual(refused(/write 1 first/))
    await write(held, 1)
    expect(await output(held, 'read_module_brief', { module: 2 })).toEqual({
      course: 'To ask data',
      module: moduleOf(2, { depends_on: [1] }),
      others: [{ number: 1, title: 'Module 1' }],
      learner: { position: 'Analyst', department: 'Data', level: 'mid', learning_style: 'mixed' },
      findings,
      sources: [{ number: 2, title: 'Page 2', excerpt: 'Joins.' }],
    })
  })
})

describe('a course', () => {
  test('is finished when every module is written, and says till then what is missing', async () => {
    const held = await takePlanned(2)
    await write(held, 2)
    expect(await output(held, 'finish_course', { summary: 'S' })).toMatchObject({
      missing: [1],
      modules: [{ number: 2 }],
    })
    const finished = () => sql`select summary, finished_at is not null as finished from public.cm_course_plans`
    expect(await finished()).toEqual([{ summary: 'S', finished: false }])
    await write(held, 1)
    expect(await output(held, 'finish_course', { summary: null })).toMatchObject({ missing: [], planId: held.plan })
    expect(await finished()).toEqual([{ summary: 'S', finished: true }])
  })

  test('begins anew with a new life of its task', async () => {
    const held = await takePlanned(1)
    await write(held, 1)
    await settle(worker, {
      ...held,
      outcome: 'failed',
      detail: { error: { code: 'x', message: 'y', retryable: false } },
    })
    await as(sql, user(people.admin), tx => tx`select public.retry_agent_task(${held.task})`)
    const again = await claimOne(worker)
    expect(await output(again, 'read_course_plan')).toEqual(refused(/no course plan yet/))
    await output(again, 'begin_course')
    expect(await sql`select from public.cm_course_plans`).toHaveLength(0)
    expect(await output(again, 'store_course_plan', planOf(1))).toMatchObject({ modules: 1 })
    expect(await contents()).toEqual([])
  })

  test('is kept by a second beginning in the same life', async () => {
    const held = await takePlanned(1)
    await output(held, 'begin_course')
    expect(await sql`select from public.cm_course_plans`).toHaveLength(1)
  })
})

describe('a module that is written again', () => {
  test('is a new version by each task, and the older ones stay', async () => {
    const course = await takePlanned(1)
    await write(course, 1)
    await end(course)
    for (const user_id of [people.owner, people.manager]) {
      const held = await takeModule(course.plan, { user_id })
      expect(await output(held, 'read_module_brief', { module: 1 })).toMatchObject({ course: 'To ask data' })
      const { content_id } = (await write(held, 1, '[2]')) as { content_id: string }
      expect(await output(held, 'finish_course')).toMatchObject({ modules: [{ contentId: content_id }] })
      await end(held)
    }
    expect((await contents()).map(each => each.version)).toEqual([1, 2, 3])
  })

  // Who asks for it need not see the task that makes the course.
  test.each(['admin', 'owner', 'manager'] as const)('is refused to the %s while the course is made', async who => {
    const { plan } = await takePlanned(1)
    const held = await takeModule(plan, { user_id: people[who] })
    for (const name of ['read_module_brief', 'finish_course']) {
      expect(await output(held, name, { module: 1 }), name).toEqual(refused(/still being made/))
    }
    expect(await write(held, 1)).toEqual(refused(/still being made/))
  })

  test('fills the gap of a course that has failed, and finishes it', async () => {
    const course = await takePlanned(2)
    await write(course, 2)
    await settle(worker, {
      ...course,
      outcome: 'failed',
      detail: { error: { code: 'x', message: 'y', retryable: false } },
    })
    const held = await takeModule(course.plan)
    await write(held, 1)
    expect(await output(held, 'finish_course')).toMatchObject({ missing: [] })
  })

  test('is written by two tasks at once, one after the other', async () => {
    const course = await takePlanned(1)
    await write(course, 1)
    await end(course)
    const [one, two] = [await takeModule(course.plan), await takeModule(course.plan)]
    const body = textOf()
    const call = (session: postgres.Sql | postgres.TransactionSql, held: Held) =>
      runTool(session as postgres.Sql, held, { name: 'store_module_content', input: { module: 1, body } })
    const other = await connect({ role: 'service_role' })
    await worker`begin`
    await call(worker, one)
    await whileWaiting(sql, call(other, two), () => worker`commit`)
    expect((await contents()).map(each => [each.version, each.task])).toEqual([
      [1, course.task],
      [2, one.task],
      [3, two.task],
    ])
  })
})

describe('a fork', () => {
  const stepId = async (task: string, name: string): Promise<string> =>
    only((await sql`select id from public.agent_task_steps where task_id = ${task} and name = ${name} order by id`)[0])
      .id
  async function fork(task: string, name: string, text: string | null = null): Promise<Held> {
    const step = await stepId(task, name)
    await as(sql, user(people.admin), tx => tx`select public.fork_agent_task(${task}, ${step}, ${text})`)
    const held = await claimOne(worker)
    await output(held, 'begin_course')
    return held
  }

  test('has a course of its own, as it was before that step', async () => {
    const held = await takePlanned(2)
    await output(held, 'store_research_results', { module: 1, topic: 'T', findings: [{ claim: 'C', sources: [3] }] })
    await write(held, 1, '[3]')
    await output(held, 'finish_course')
    const forked = await fork(held.task, 'finish_course')
    expect((await contents()).filter(each => each.task === forked.task)).toMatchObject([{ module: 1, sources: [3] }])
    expect(await sql`select from public.cm_course_plans`).toHaveLength(2)
    expect(await sql`select from public.cm_research_results`).toHaveLength(2)
    await write(forked, 2)
    expect((await contents()).filter(each => each.task === held.task)).toHaveLength(1)
  })

  test('from before the plan begins with nothing', async () => {
    const { task } = await takePlanned(1)
    const forked = await fork(task, 'store_course_plan')
    expect(await sql`select from public.cm_course_plans where task_id = ${forked.task}`).toHaveLength(0)
  })

  test('numbers its sources as its origin has, whose searches ended in another order than they began', async () => {
    const held = await take()
    await output(held, 'store_course_plan', planOf(1))
    const search = (number: number) =>
      runTool(worker, held, { name: 'keep_sources', key: `s${number}`, input: { query: 'q', pages: [pageOf(number)] } })
    await recordSteps(worker, held, { key: 's2', kind: 'tool', agent: 'a', name: 'keep_sources', status: 'started' })
    await search(1)
    await search(2)
    await output(held, 'finish_course')
    const forked = await fork(held.task, 'finish_course')
    const rows = await sql`select s.number, s.url from public.cm_research_sources s
      join public.cm_course_plans p using (plan_id) where p.task_id = ${forked.task} order by 1`
    expect(rows).toEqual([1, 2].map(number => ({ number, url: pageOf(number).url })))
  })

  test('does not do again what was refused, nor what was given another result by hand', async () => {
    const held = await takePlanned(1)
    await output(held, 'store_research_results', { module: 1, findings: [] })
    const forked = await fork(held.task, 'store_research_results', 'Found nothing.')
    expect(await sql`select from public.cm_course_plans where task_id = ${forked.task}`).toHaveLength(1)
  })
})
