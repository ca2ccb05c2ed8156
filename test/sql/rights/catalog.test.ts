import { afterAll, describe, expect, test } from 'vitest'
import { cloneDatabase } from '../../support/database.ts'
import { as } from '../../support/roles.ts'

const { sql, drop } = await cloneDatabase()
afterAll(drop)

/** Each with the reason that its migration gives. A new one must be argued for there and named here. */
const SECURITY_DEFINER = [
  'agent_tools.begin_analysis',
  'agent_tools.begin_course',
  'agent_tools.book_slot',
  'agent_tools.cancel_slot',
  'agent_tools.create_chart',
  'agent_tools.escalate_to_human',
  'agent_tools.finalize_job',
  'agent_tools.find_slots',
  'agent_tools.finish_course',
  'agent_tools.keep_payload',
  'agent_tools.keep_sources',
  'agent_tools.list_bookings',
  'agent_tools.note_decision',
  'agent_tools.open_source',
  'agent_tools.refund_order',
  'agent_tools.store_course_plan',
  'agent_tools.store_module_content',
  'agent_tools.store_planning_metadata',
  'agent_tools.store_research_results',
  'agent_tools.store_research_session',
  'agent_tools.tag_instruments',
  'private.admit_request',
  'private.admit_to_session',
  'private.call_tool',
  'private.check_admin_of',
  'private.check_may_act',
  'private.check_room_in_queue',
  'private.check_turn',
  'private.drop_all_tickets',
  'private.drop_items',
  'private.drop_scenario_session',
  'private.drop_tickets',
  'private.end_turn',
  'private.explain_place',
  'private.hold_owner',
  'private.is_platform_admin',
  'private.keep_dead_letter',
  'private.keep_draft',
  'private.keep_request',
  'private.keep_schedule',
  'private.keep_todo',
  'private.line_up_new',
  'private.lock_own_request',
  'private.my_admin_enterprises',
  'private.my_employees',
  'private.my_enterprises',
  'private.note_parent',
  'private.note_waiting',
  'private.pass_cancel_on',
  'private.plan_of_course',
  'private.record_action',
  'private.tell_workers',
  'private.today',
  'private.void_approvals',
  'private.wake_workers',
  'public.agent_limits',
  'public.agent_people',
  'public.agent_queue_overview',
  'public.allow_scenario_model',
  'public.answer_escalation',
  'public.append_voice_items',
  'public.begin_scenario_session',
  'public.cancel_agent_task',
  'public.cancel_agent_tasks',
  'public.close_escalation',
  'public.decide_agent_approval',
  'public.explain_wait',
  'public.fork_agent_task',
  'public.hand_over_by_voice',
  'public.keep_agent_tasks',
  'public.limit_agent_kind',
  'public.limit_agent_model',
  'public.limit_agent_spending',
  'public.limit_agent_tenant',
  'public.pause_agent_kind',
  'public.pause_agent_schedule',
  'public.prioritize_agent_tasks',
  'public.reset_stuck_agent_tasks',
  'public.retry_agent_task',
  'public.retry_agent_tasks',
  'public.save_scenario',
  'public.set_scenario_enabled',
  'public.take_escalation',
  'public.watch_agent_task',
  'worker.import_portfolio',
]

/** What policies ask in the user's name, and what users call. */
const USERS_MAY_CALL = [
  'agent_tools.analyze_employee_profile',
  'agent_tools.begin_analysis',
  'agent_tools.begin_course',
  'agent_tools.book_slot',
  'agent_tools.cancel_slot',
  'agent_tools.create_chart',
  'agent_tools.escalate_to_human',
  'agent_tools.fetch_project_context',
  'agent_tools.finalize_job',
  'agent_tools.find_orders',
  'agent_tools.find_slots',
  'agent_tools.finish_course',
  'agent_tools.get_market_insights',
  'agent_tools.keep_payload',
  'agent_tools.keep_sources',
  'agent_tools.list_bookings',
  'agent_tools.list_drafts',
  'agent_tools.load_employee',
  'agent_tools.load_portfolio',
  'agent_tools.load_scenario',
  'agent_tools.note_decision',
  'agent_tools.open_source',
  'agent_tools.prioritize_skill_gaps',
  'agent_tools.read_analysis',
  'agent_tools.read_course_plan',
  'agent_tools.read_draft',
  'agent_tools.read_module_brief',
  'agent_tools.recent_tasks',
  'agent_tools.refund_order',
  'agent_tools.search_policy',
  'agent_tools.store_course_plan',
  'agent_tools.store_draft_content',
  'agent_tools.store_module_content',
  'agent_tools.store_planning_metadata',
  'agent_tools.store_research_results',
  'agent_tools.store_research_session',
  'agent_tools.tag_instruments',
  'private.call_tool',
  'private.check_page',
  'private.count_of',
  'private.drafts_of',
  'private.employee_of_course',
  'private.enterprise_of_task',
  'private.has_agent',
  'private.is_platform_admin',
  'private.models_in',
  'private.module_of',
  'private.my_admin_enterprises',
  'private.my_employees',
  'private.my_enterprises',
  'private.own_course',
  'private.plan_of_course',
  'private.record_of',
  'private.refused_models',
  'private.result_of',
  'private.root_of',
  'private.scenario_of_page',
  'private.scenario_session_of',
  'private.task_of_topic',
  'private.today',
  'private.usable_scenario',
  'private.uuid_in',
  'private.whole_in',
  'private.written_module',
  'private.wrong_with_module',
  'public.agent_limits',
  'public.agent_people',
  'public.agent_queue_overview',
  'public.agent_spending',
  'public.agent_task_throughput',
  'public.allow_scenario_model',
  'public.answer_escalation',
  'public.append_voice_items',
  'public.begin_scenario_session',
  'public.cancel_agent_task',
  'public.cancel_agent_tasks',
  'public.close_escalation',
  'public.context_snapshot',
  'public.decide_agent_approval',
  'public.explain_wait',
  'public.fork_agent_task',
  'public.hand_over_by_voice',
  'public.keep_agent_tasks',
  'public.limit_agent_kind',
  'public.limit_agent_model',
  'public.limit_agent_spending',
  'public.limit_agent_tenant',
  'public.pause_agent_kind',
  'public.pause_agent_schedule',
  'public.prioritize_agent_tasks',
  'public.reset_stuck_agent_tasks',
  'public.retry_agent_task',
  'public.retry_agent_tasks',
  'public.save_scenario',
  'public.set_scenario_enabled',
  'public.submit_agent_task',
  'public.take_escalation',
  'public.watch_agent_task',
]

/** The functions of the contract that fulfil a condition. */
async function functions(where: string): Promise<string[]> {
  const rows = await sql`
    select pronamespace::regnamespace || '.' || proname as name from pg_proc
    where pronamespace in ('public'::regnamespace, 'worker'::regnamespace, 'private'::regnamespace, 'agent_tools'::regnamespace)
      and ${sql.unsafe(where)} order by 1`
  return rows.map(row => row.name)
}

describe('the functions', () => {
  test('all have a fixed, empty search path', async () => {
    expect(await functions(`not coalesce('search_path=""' = any (proconfig), false)`)).toEqual([])
  })

  test('run with their owner’s rights only when named here', async () => {
    expect(await functions('prosecdef')).toEqual(SECURITY_DEFINER)
  })

  test('belong to who has migrated, but for the one that a tool is called in', async () => {
    expect(await functions(`pg_get_userbyid(proowner) <> current_user`)).toEqual(['private.call_tool'])
  })

  test('can be called by users only when named here', async () => {
    expect(await functions(`has_function_privilege('authenticated', oid, 'execute')`)).toEqual(USERS_MAY_CALL)
  })

  test('can none of them be called by the anonymous', async () => {
    expect(await functions(`has_function_privilege('anon', oid, 'execute')`)).toEqual([])
  })

  test('of schema worker can all be called by service_role', async () => {
    const closed = `pronamespace = 'worker'::regnamespace and not has_function_privilege('service_role', oid, 'execute')`
    expect(await functions(closed)).toEqual([])
  })
})

describe('the schemas', () => {
  test.each(['anon', 'authenticated'])('worker is closed to %s', async role => {
    const [row] = await sql`select has_schema_privilege(${role}, 'worker', 'usage') as open`
    expect(row).toEqual({ open: false })
  })

  test.each(['private', 'agent_tools'])('%s is closed to the anonymous', async schema => {
    const [row] = await sql`select has_schema_privilege('anon', ${schema}, 'usage') as open`
    expect(row).toEqual({ open: false })
  })

  test.each(['anon', 'authenticated', 'service_role'])('%s can make nothing in them', async role => {
    const rows = await sql`
      select nspname from pg_namespace
      where nspname in ('public', 'worker', 'private', 'agent_tools') and has_schema_privilege(${role}, oid, 'create')`
    expect(rows).toEqual([])
  })
})

describe('the verbs of the worker', () => {
  const CALLS = [
    `worker.claim(gen_random_uuid(), 1, 60)`,
    `worker.beat(gen_random_uuid(), 'host', '1', 'postgres', '{}', '{}', 60)`,
    `worker.settle('{}', '{}', '{}', '{}')`,
    `worker.reap(1)`,
    `worker.stats()`,
    `worker.prune(1)`,
    `worker.record_steps(gen_random_uuid(), gen_random_uuid(), '{}')`,
    `worker.append_deltas('{}', '{}', '{}')`,
    `worker.load_journal(gen_random_uuid(), gen_random_uuid())`,
    `worker.run_tool(gen_random_uuid(), gen_random_uuid(), '{}')`,
    `worker.report_progress(gen_random_uuid(), gen_random_uuid(), '{}')`,
    `private.call_as_user(null, 'recent_tasks', '{}')`,
    `private.write_steps(null, '{}')`,
    `private.is_watched(gen_random_uuid())`,
    `worker.leave(gen_random_uuid())`,
    `worker.now()`,
    `worker.spawn_children(gen_random_uuid(), gen_random_uuid(), '{}')`,
    `worker.upkeep(1)`,
    `worker.admit_call(gen_random_uuid(), gen_random_uuid(), 'gpt-5', 1, true)`,
    `worker.freeze_history(gen_random_uuid(), gen_random_uuid(), '{}')`,
    `private.history_at(gen_random_uuid(), 0, 9)`,
    `private.hold_idle_session(gen_random_uuid())`,
    `worker.ask_approvals(gen_random_uuid(), gen_random_uuid(), '{}')`,
    `private.note_waiting(gen_random_uuid())`,
    `private.expire_approvals(1)`,
    `private.count_open_approvals(gen_random_uuid(), 1)`,
    `worker.import_portfolio('ada@acme.test', '{}')`,
    `private.own_analysis(gen_random_uuid())`,
    `private.is_allocation('{}')`,
    `worker.take_api_turn(gen_random_uuid(), 'tool', 1)`,
    `worker.see_api_turn(gen_random_uuid(), 'tool', 1)`,
    `private.take_turn(gen_random_uuid(), 'tool', 1)`,
    `private.take_tool_turn(null, 'find_orders')`,
    `worker.admit_api_call(gen_random_uuid(), gen_random_uuid(), 'gpt-5', 1, true)`,
    `worker.count_api_call(gen_random_uuid(), gen_random_uuid(), '{}')`,
    `private.api_call_of(gen_random_uuid(), gen_random_uuid())`,
    `private.hold_scenario('retail')`,
    `private.hold_silent_session(gen_random_uuid())`,
    `private.session_of_escalation(gen_random_uuid())`,
    `private.spoken_definition(gen_random_uuid())`,
    `private.slots_of(gen_random_uuid())`,
    `worker.due_schedules(1)`,
    `worker.tick_schedule(gen_random_uuid(), 1, '{}', now(), now())`,
    `worker.refuse_schedule(gen_random_uuid(), 1, 'code', 'message')`,
    `private.line_up('{}')`,
    `private.open_lanes('{}')`,
    `private.cancel_all('{}')`,
    `private.check_may_act('{}')`,
    `private.expire_due(1)`,
    `private.promote_due(1)`,
    `private.hold(gen_random_uuid(), gen_random_uuid())`,
    `private.lock_own_request(gen_random_uuid())`,
    `private.tell_workers('cancel', null, false)`,
    `private.check_room_in_queue(gen_random_uuid())`,
    `private.take_call('gpt-5', gen_random_uuid(), 1)`,
    `private.spend(null, '{}')`,
    `private.exhausted(null)`,
    `private.budget_of(gen_random_uuid(), 'day')`,
  ]

  test.each(CALLS)('%s is refused to a user', async call => {
    const refused = as(sql, { role: 'authenticated', sub: crypto.randomUUID() }, tx => tx.unsafe(`select ${call}`))
    await expect(refused).rejects.toMatchObject({
      code: '42501',
      message: expect.stringContaining('permission denied'),
    })
  })

  test.each(CALLS)('%s is refused to the anonymous', async call => {
    const refused = as(sql, { role: 'anon' }, tx => tx.unsafe(`select ${call}`))
    await expect(refused).rejects.toMatchObject({
      code: '42501',
      message: expect.stringContaining('permission denied'),
    })
  })

  test('are all on the list above', async () => {
    const missing = (await functions(`pronamespace = 'worker'::regnamespace`)).filter(
      name => !CALLS.some(call => call.startsWith(`${name}(`)),
    )
    expect(missing).toEqual([])
  })
})

describe('the tables', () => {
  test('all have row-level security', async () => {
    const rows = await sql`
      select oid::regclass::text as name from pg_class
      where relkind in ('r', 'p') and not relrowsecurity
        and relnamespace in ('public'::regnamespace, 'worker'::regnamespace, 'private'::regnamespace)`
    expect(rows).toEqual([])
  })

  test('of schema worker are closed to users', async () => {
    for (const role of ['anon', 'authenticated']) {
      const rows = await sql`
        select oid::regclass::text as name from pg_class where relnamespace = 'worker'::regnamespace
          and relkind in ('r', 'v') and has_table_privilege(${role}, oid, 'select, insert, update, delete')`
      expect(rows, role).toEqual([])
    }
  })

  test('give users no right but to read, to submit requests, and to keep schedules, sessions, todos and drafts', async () => {
    const rows = await sql`
      select table_name, privilege_type from information_schema.role_table_grants
      where table_schema = 'public' and grantee in ('anon', 'authenticated', 'PUBLIC') and privilege_type <> 'SELECT'
      order by 1`
    expect(rows).toEqual([
      { table_name: 'agent_sessions', privilege_type: 'DELETE' },
      { table_name: 'agent_task_schedules', privilege_type: 'DELETE' },
      { table_name: 'drafts', privilege_type: 'DELETE' },
      { table_name: 'todos', privilege_type: 'DELETE' },
    ])
  })

  test('can be changed in these columns by users, and in no others', async () => {
    const rows = await sql`
      select table_name, privilege_type, array_agg(column_name::text order by column_name) as columns
      from information_schema.column_privileges
      where table_schema in ('public', 'worker') and grantee in ('anon', 'authenticated', 'PUBLIC')
        and privilege_type <> 'SELECT'
      group by 1, 2 order by 1, 2`
    const schedule = ['backfill', 'cron', 'kind', 'name', 'paused_at', 'priority', 'request_payload', 'time_zone']
    expect(rows).toEqual([
      {
        table_name: 'agent_sessions',
        privilege_type: 'INSERT',
        columns: ['enterprise_id', 'id', 'on_busy', 'title', 'user_id'],
      },
      { table_name: 'agent_sessions', privilege_type: 'UPDATE', columns: ['on_busy', 'title'] },
      {
        table_name: 'agent_task_requests',
        privilege_type: 'INSERT',
        columns: [
          'correlation_id',
          'cost_budget',
          'deadline_at',
          'enterprise_id',
          'id',
          'idempotency_key',
          'kind',
          'priority',
          'request_payload',
          'run_at',
          'session_id',
          'status',
          'supersede_key',
          'token_budget',
          'user_id',
        ],
      },
      {
        table_name: 'agent_task_schedules',
        privilege_type: 'INSERT',
        columns: [...schedule, 'enterprise_id', 'id', 'user_id'].sort(),
      },
      { table_name: 'agent_task_schedules', privilege_type: 'UPDATE', columns: schedule },
      {
        table_name: 'drafts',
        privilege_type: 'INSERT',
        columns: ['content', 'enterprise_id', 'id', 'kind', 'session_id', 'status', 'title'],
      },
      { table_name: 'drafts', privilege_type: 'UPDATE', columns: ['content', 'kind', 'status', 'title'] },
      {
        table_name: 'todos',
        privilege_type: 'INSERT',
        columns: ['call_key', 'description', 'due_on', 'id', 'is_completed', 'priority', 'title'],
      },
      {
        table_name: 'todos',
        privilege_type: 'UPDATE',
        columns: ['description', 'due_on', 'is_completed', 'priority', 'title'],
      },
    ])
  })

  test('keep their sequences from users', async () => {
    for (const role of ['anon', 'authenticated']) {
      const rows = await sql`
        select oid::regclass::text as name from (select oid from pg_class where relkind = 'S' offset 0) sequence
        where has_sequence_privilege(${role}, oid, 'usage, select, update')`
      expect(rows, role).toEqual([])
    }
  })

  test('have an index behind each foreign key that points to something deletable', async () => {
    const rows = await sql`
      select conname from pg_constraint c
      where contype = 'f' and connamespace in ('public'::regnamespace, 'worker'::regnamespace)
        and not exists (
          select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1]
            and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', (
              select attname from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[1]))))`
    expect(rows).toEqual([])
  })
})

describe('the views and types', () => {
  test('are these alone, and no view lends its owner’s rights', async () => {
    const views = await sql`
      select oid::regclass::text as name, 'security_invoker=true' = any (reloptions) as invoker from pg_class
      where relkind in ('v', 'm') and relnamespace in ('public'::regnamespace, 'worker'::regnamespace, 'private'::regnamespace)
      order by 1`
    expect(views).toEqual([
      { name: 'agent_session_turns', invoker: true },
      { name: 'agent_task_usage', invoker: true },
      { name: 'agent_tool_calls', invoker: true },
      { name: 'cm_agent_handoffs', invoker: true },
      { name: 'course_generation_jobs', invoker: true },
      { name: 'employee_skill_gaps', invoker: true },
      { name: 'scenario_agents', invoker: true },
      { name: 'scenario_guardrails', invoker: true },
      { name: 'scenario_handoffs', invoker: true },
      { name: 'session_transcript', invoker: true },
      { name: 'worker.leases', invoker: true },
    ])
  })

  test('of rows that only the queue passes on stay in private', async () => {
    const types = await sql`
      select oid::regclass::text as name from pg_class
      where relkind = 'c' and relnamespace in ('public'::regnamespace, 'worker'::regnamespace, 'private'::regnamespace)
      order by 1`
    expect(types.map(type => type.name)).toEqual(['private.ending', 'private.lane_key'])
  })
})

describe('Realtime', () => {
  test('watches these tables and nothing else', async () => {
    const rows = await sql`
      select schemaname || '.' || tablename as name from pg_publication_tables
      where pubname = 'supabase_realtime' order by 1`
    expect(rows.map(row => row.name)).toEqual([
      'public.agent_approvals',
      'public.agent_sessions',
      'public.agent_task_requests',
      'public.drafts',
      'public.scenario_decisions',
      'public.scenario_escalations',
      'public.todos',
    ])
  })

  test('does not make every update write the whole old row', async () => {
    const [row] = await sql`select relreplident from pg_class where oid = 'public.agent_task_requests'::regclass`
    expect(row).toEqual({ relreplident: 'd' })
  })
})
