import { describe, expect, test } from 'vitest'
import { setScene } from '../arrange.ts'
import { moduleOf, planOf, rolledBack, setCourses, textOf } from './arrange.ts'

const scene = await setScene()
const { sql } = scene
const { people, employees, take, takeModule, takePlanned, output } = await setCourses(scene)

const refused = (words: RegExp) => ({ error: expect.stringMatching(words) })

describe('a gap', () => {
  test.each([
    [0, 5, 5, 'mid', 100, 'critical'],
    [2, 5, 5, 'lead', 86, 'critical'],
    [0, 5, 5, 'lead', 100, 'critical'],
    [2, 4, 5, 'mid', 67, 'high'],
    [0, 3, 2, 'senior', 54, 'medium'],
    [3, 4, 4, 'junior', 42, 'medium'],
    [0, 1, 1, 'mid', 20, 'low'],
  ])(
    'from %i to %i of importance %i for a %s weighs %i: %s',
    async (current, required, importance, level, priority, name) => {
      const row = await rolledBack(sql, async tx => {
        await tx`update public.positions set level = ${level}`
        await tx`update public.position_skills set required_level = ${required}, importance = ${importance}`
        await tx`update public.employee_skills set level = ${current}`
        const [gap] = await tx`select priority, priority_name as name from public.employee_skill_gaps
          where employee_id = ${employees.max} limit 1`
        return gap
      })
      expect(row).toEqual({ priority, name })
    },
  )

  test('is told with what makes its priority, the most pressing first', async () => {
    expect(await output(await take(), 'prioritize_skill_gaps')).toEqual([
      { skill: 'SQL', current_level: 1, required_level: 4, importance: 5, priority: 78, priority_name: 'critical' },
      { skill: 'Talking', current_level: 0, required_level: 2, importance: 2, priority: 40, priority_name: 'medium' },
    ])
  })

  test('is none where the level is reached or above', async () => {
    const held = await take({ request_payload: { employeeId: employees.max } })
    expect(await output(held, 'load_employee')).toMatchObject({ name: 'Max', gaps: 0 })
    expect(await output(held, 'prioritize_skill_gaps')).toEqual([])
  })
})

test('a profile has position, skills and notes, and the courses that were finished before', async () => {
  const first = await takePlanned(1)
  await output(first, 'store_module_content', { module: 1, body: textOf() })
  await output(first, 'finish_course', { summary: 'Done.' })
  await takePlanned(1)
  expect(await output(await take(), 'analyze_employee_profile')).toEqual({
    name: 'Erin',
    position: 'Analyst',
    department: 'Data',
    level: 'mid',
    years_here: expect.any(Number),
    background: '',
    goals: '',
    learning_style: 'mixed',
    hours_per_week: 3,
    notes: 'About Erin.',
    skills: [{ skill: 'SQL', level: 1 }],
    courses_before: ['To ask data'],
  })
})

describe('a plan', () => {
  test('is stored once for a task, with the gaps as they are', async () => {
    const { task, plan } = await takePlanned(2)
    const rows =
      await sql`select plan_id, employee_name, session_id, course_title, total_modules, course_duration_weeks,
      jsonb_array_length(prioritized_gaps) as gaps from public.cm_course_plans`
    expect(rows).toEqual([
      {
        plan_id: plan,
        employee_name: 'Erin',
        session_id: task,
        course_title: 'To ask data',
        total_modules: 2,
        course_duration_weeks: 4,
        gaps: 2,
      },
    ])
  })

  test('makes way for another one, and what was found out for it goes, but not the sources', async () => {
    const held = await takePlanned(2)
    await output(held, 'store_research_results', { module: 2, findings: [{ claim: 'C', sources: [1] }] })
    expect(await output(held, 'store_course_plan', planOf(1))).toEqual({ plan_id: held.plan, modules: 1 })
    expect(await sql`select from public.cm_research_results`).toHaveLength(0)
    expect(await sql`select from public.cm_research_sources`).toHaveLength(3)
  })

  test('stands as soon as a module is written', async () => {
    const held = await takePlanned(2)
    await output(held, 'store_module_content', { module: 1, body: textOf() })
    expect(await output(held, 'store_course_plan', planOf(1))).toEqual(refused(/plan stands/))
  })

  test.each([
    ['no module', planOf(0), /1 to 12 modules, and this has 0/],
    ['thirteen modules', planOf(13), /1 to 12 modules, and this has 13/],
    ['a skill that is no gap', planOf([moduleOf(1, { skill: 'Cooking' })]), /"Cooking", which is no gap/],
    ['a wrong number', planOf([moduleOf(2)]), /at place 1 stands 2/],
    ['a number with a fraction', planOf([moduleOf(1.5)]), /at place 1 stands 1.5/],
    ['a circle', planOf([moduleOf(1, { depends_on: [2] }), moduleOf(2, { depends_on: [1] })]), /1 can only depend/],
    ['a module that depends on itself', planOf([moduleOf(1, { depends_on: [1] })]), /1 can only depend/],
    ['a module without a title', planOf([moduleOf(1, { title: ' ' })]), /needs a title/],
    ['a path that lacks a module', planOf(2, { learning_path: [{ week: 1, modules: [1] }] }), /each module once/],
    ['a path with a module twice', planOf(1, { learning_path: [{ week: 1, modules: [1, 1] }] }), /each module once/],
    ['a path with other modules', planOf(1, { learning_path: [{ week: 1, modules: [2] }] }), /each module once/],
  ])('with %s is refused, and the agent is told why', async (_what, input, words) => {
    expect(await output(await take(), 'store_course_plan', input)).toEqual(refused(words))
  })

  test('is not made by a task that writes a module again', async () => {
    const { plan, task } = await takePlanned(1)
    await sql`update public.agent_task_requests set status = 'cancelled' where id = ${task}`
    expect(await output(await takeModule(plan), 'store_course_plan', planOf(1))).toEqual(refused(/Only a task of kind/))
  })

  test('is needed for all that follows', async () => {
    const held = await take()
    for (const name of ['keep_sources', 'read_course_plan', 'store_research_session', 'finish_course'])
      expect(await output(held, name), name).toEqual(refused(/no course plan yet/))
  })

  test('is read in short, with what is written already', async () => {
    const held = await takePlanned(2)
    const stored = await output(held, 'store_module_content', { module: 1, body: textOf() })
    const { content_id } = stored as { content_id: string }
    const { objectives: _o, hours: _h, ...first } = moduleOf(1)
    expect(await output(held, 'read_course_plan')).toEqual({
      title: 'To ask data',
      modules: [
        { ...first, queries: ['sql joins'], content_id },
        { ...first, number: 2, title: 'Module 2', queries: null, content_id: null },
      ],
    })
  })

  test('keeps what it was made by', async () => {
    const held = await takePlanned(1)
    expect(await output(held, 'store_planning_metadata', { rationale: 'R' })).toEqual({ stored: true })
    const [row] = await sql`select planning_metadata from public.cm_course_plans`
    expect(row).toEqual({ planning_metadata: { rationale: 'R' } })
  })
})

describe('the queries of the document', () => {
  test('return the plan, the research, and the tables', async () => {
    const held = await takePlanned(1)
    await output(held, 'store_research_session', { summary: 'S', open_questions: [] })
    const tables = await sql`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'
      AND table_name IN ('cm_course_plans', 'cm_agent_handoffs', 'course_generation_jobs')`
    expect(tables).toHaveLength(3)
    expect(await sql`SELECT * FROM cm_course_plans ORDER BY created_at DESC LIMIT 5`).toMatchObject([
      { plan_id: held.plan },
    ])
    expect(await sql`SELECT * FROM cm_research_sessions ORDER BY created_at DESC LIMIT 5`).toMatchObject([
      { summary: 'S' },
    ])
  })

  test('return the handoffs, the newest first', async () => {
    const { task, plan } = await takePlanned(1)
    for (const [n, to] of ['Planning Agent', 'Research Agent'].entries())
      await sql`insert into public.agent_task_steps
        (task_id, life, attempt, key, kind, agent, name, status, started_at, finished_at)
        values (${task}, 1, 1, ${to}, 'handoff', 'Agent', ${to}, 'done', now(), now() + make_interval(secs => ${n}))`
    const rows = await sql`SELECT * FROM cm_agent_handoffs ORDER BY handoff_timestamp DESC LIMIT 10`
    expect(rows).toMatchObject([
      { to_agent: 'Research Agent', plan_id: plan, employee_id: employees.erin, session_id: task },
      { to_agent: 'Planning Agent', plan_id: plan, from_agent: 'Agent' },
    ])
  })

  test('return the job with its state and numbers', async () => {
    const held = await takePlanned(2)
    await output(held, 'store_module_content', { module: 1, body: textOf() })
    expect(await sql`select * from course_generation_jobs`).toMatchObject([
      {
        job_id: held.task,
        employee_id: employees.erin,
        enterprise_id: people.acme,
        user_id: people.admin,
        status: 'processing',
        plan_id: held.plan,
        total_modules: 2,
        modules_written: 1,
        sources_found: 3,
      },
    ])
  })
})

test('an enterprise goes with its people and courses', async () => {
  await takePlanned(1)
  const left = await rolledBack(sql, async tx => {
    await tx`delete from public.agent_task_requests`
    await tx`delete from public.enterprises`
    return tx`select from public.employees union all select from public.cm_course_plans`
  })
  expect(left).toHaveLength(0)
})

test('a course outlives its task', async () => {
  const { task, plan } = await takePlanned(1)
  await sql`update public.agent_task_requests set status = 'cancelled' where id = ${task}`
  await sql`delete from public.agent_task_requests where id = ${task}`
  expect(await sql`select task_id, session_id, plan_id from public.cm_course_plans`).toEqual([
    { task_id: null, session_id: task, plan_id: plan },
  ])
})
