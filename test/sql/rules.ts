import type postgres from 'postgres'

/**
 * What breaks the rules that hold whenever no verb is at work: {rule, id}, `id` being that of a task, lane, tenant or model. Empty when
 * the queue is whole.
 */
export function violations(sql: postgres.Sql) {
  return sql<{ rule: string; id: string }[]>`
    with tickets as (
      select r.id, r.status, q.*,
        case
          when q.lease_id is not null then 'processing' when q.lane_id is not null then 'pending'
          when q.due_at is not null then 'scheduled' else 'waiting' end as says
      from public.agent_task_requests r join worker.queue q on q.task_id = r.id
    ), places as (
      select q.task_id, q.lease_id, (q.entered, q.turn) as place, (l.next_entered, l.next_turn) as next,
        (l.first_entered, l.first_turn) as first, (l.last_entered, l.last_turn) as last
      from worker.queue q join worker.lanes l on l.id = q.lane_id
    )
    select 'an unfinished task has a ticket' as rule, id::text from public.agent_task_requests
    where finished_at is null and id not in (select task_id from worker.queue)
    union all
    select 'a ticket has an unfinished task', task_id::text from worker.queue
    where task_id not in (select id from public.agent_task_requests where finished_at is null)
    union all
    select format('the ticket of a %s task says that it is %s', status, says), id::text from tickets where status <> says
    union all
    select 'a lease is whole, or not there', task_id::text from worker.queue
    where num_nulls(lease_id, worker_id, expires_at) not in (0, 3) or lease_id is not null and lane_id is null
    union all
    select 'a ticket tells user and times as its request does', t.id::text
    from tickets t join public.agent_task_requests r on r.id = t.id
    where t.user_id is distinct from r.user_id or t.deadline_at is distinct from r.deadline_at
      or t.due_at is distinct from case r.status when 'scheduled' then r.run_at end
    union all
    select 'a pending task stands in the lane of its tenant, kind and rank', t.id::text
    from tickets t join public.agent_task_requests r on r.id = t.id left join worker.lanes l on l.id = t.lane_id
    where r.status = 'pending' and (l.tenant_id, l.kind, l.rank) is distinct from (
      private.tenant_of(r.enterprise_id, r.user_id), r.kind, private.rank_of(r.priority, r.started_at))
    union all
    select 'no task waits before the place where its lane begins', task_id::text from places
    where lease_id is null and place < next
    union all
    select 'no task is at work outside of the span that its lane remembers', task_id::text from places
    where lease_id is not null and (place < first or place > last)
    union all
    select 'finished_at tells the end', id::text from public.agent_task_requests
    where (status in ('completed', 'failed', 'cancelled')) <> (finished_at is not null)
    union all
    select 'only an ended task has an answer', id::text from public.agent_task_requests
    where response_payload is not null and finished_at is null
    union all
    select 'attempts are between none and as many as allowed', id::text from public.agent_task_requests
    where attempt not between 0 and max_attempts
    union all
    select 'a failed task, and no other, has a dead letter', coalesce(r.id, d.task_id)::text
    from public.agent_task_requests r full join public.agent_task_dead_letters d on d.task_id = r.id
    where (r.status = 'failed') is distinct from (d.task_id is not null)
    union all
    select 'a task that waits has something to wait for, or somebody will look after it', r.id::text
    from public.agent_task_requests r
    where r.status = 'waiting' and not private.has_to_wait(r)
      and not exists (
        select from worker.parents_to_check n where n.parent_id = r.id or n.session_id = r.session_id)
    union all
    select 'a child has the correlation id of its parent', c.id::text
    from public.agent_task_requests c join public.agent_task_requests p on p.id = c.parent_id
    where c.correlation_id is distinct from p.correlation_id
    union all
    select 'of a session one task is under way at a time', session_id::text from public.agent_task_requests
    where status in ('scheduled', 'pending', 'processing') group by session_id having session_id is not null and count(*) > 1
    union all
    select 'a task is under way only when all before it in its session have ended', r.id::text
    from public.agent_task_requests r
    where r.status in ('scheduled', 'pending', 'processing') and private.count_ahead(r) > 0
    union all
    select 'the items of a session are numbered without a gap', session_id::text from public.agent_session_items
    group by session_id having min(seq) <> 1 or max(seq) <> count(*)
    union all
    select 'an item has its session', session_id::text from public.agent_session_items
    where session_id not in (select id from public.agent_sessions)
    union all
    select 'what is open is asked by an unfinished task, in its present life', a.task_id::text
    from public.agent_approvals a join public.agent_task_requests r on r.id = a.task_id
    where a.status = 'open' and (r.finished_at is not null or r.life <> a.life)
    union all
    select 'who has approvals has asked', a.task_id::text
    from public.agent_approvals a join public.agent_task_requests r on r.id = a.task_id
    where not r.has_asked
    union all
    select 'one rejection rejects, and nothing else does', a.id::text from public.agent_approvals a
    where (a.status = 'rejected') <> exists (
      select from public.agent_approval_decisions d where d.approval_id = a.id and d.decision = 'reject')
    union all
    select 'a bucket holds no more than a minute’s worth', model from worker.rate_limits
    where requests_left > requests_per_minute or tokens_left > tokens_per_minute
      or (requests_left is null) <> (requests_per_minute is null) or (tokens_left is null) <> (tokens_per_minute is null)
    union all
    select 'an analysis is of its task’s user, of no enterprise, and not ahead of the task', a.task_id::text
    from public.portfolio_analyses a join public.agent_task_requests r on r.id = a.task_id
    where a.user_id is distinct from r.user_id or r.enterprise_id is not null or a.life > r.life
    union all
    select 'a course is of its task’s enterprise, and not ahead of the task', p.plan_id::text
    from public.cm_course_plans p join public.agent_task_requests r on r.id = p.task_id
    where p.enterprise_id is distinct from r.enterprise_id or p.life > r.life or p.session_id <> r.id::text
      or r.kind <> 'course-generation'
    union all
    select 'a plan counts its modules', plan_id::text from public.cm_course_plans
    where total_modules <> jsonb_array_length(course_structure -> 'modules') or total_modules not between 1 and 12
    union all
    select 'findings and contents are of modules of the plan', p.plan_id::text
    from public.cm_course_plans p join (
      select plan_id, module_number from public.cm_research_results
      union all select plan_id, module_number from public.cm_module_contents) made using (plan_id)
    where module_number not between 1 and total_modules
    union all
    select 'what is cited was found', plan_id::text from (
      select plan_id, unnest(sources) as number from public.cm_module_contents
      union all
      select plan_id, cited::integer from public.cm_research_results, jsonb_path_query(findings, '$[*].sources[*]') cited
    ) cited where (plan_id, number) not in (select plan_id, number from public.cm_research_sources)
    union all
    select 'the sources of a course are numbered without a gap', plan_id::text from public.cm_research_sources
    group by plan_id having min(number) <> 1 or max(number) <> count(*)
    union all
    select 'the versions of a module are numbered without a gap', plan_id::text from public.cm_module_contents
    group by plan_id, module_number having min(version) <> 1 or max(version) <> count(*)
    union all
    select 'a finished course has all of its modules', p.plan_id::text from public.cm_course_plans p
    where finished_at is not null and total_modules <> (
      select count(distinct module_number) from public.cm_module_contents c where c.plan_id = p.plan_id)
    union all
    select 'nobody has more than a thousand open todos', user_id::text from public.todos
    where not is_completed group by user_id having count(*) > 1000
    union all
    select 'of a scenario there are the latest fifty versions, up to the current one', s.id
    from public.scenarios s left join public.scenario_versions v on v.scenario_id = s.id and v.version > s.version - 50
    group by s.id having max(v.version) <> s.version or count(v.version) <> least(s.version, 50)
    union all
    select 'an older version of a scenario is one that a session has', v.scenario_id
    from public.scenarios s join public.scenario_versions v on v.scenario_id = s.id and v.version <= s.version - 50
    where not exists (
      select from public.scenario_sessions b where b.scenario_id = v.scenario_id and b.version = v.version)
    union all
    select 'a scenario is called as its current version says', s.id
    from public.scenarios s join public.scenario_versions v on v.scenario_id = s.id and v.version = s.version
    where (s.title, s.description) is distinct from (v.definition ->> 'title', v.definition ->> 'description')
    union all
    select 'what is of a session of a scenario has its session', session_id::text from (
      select session_id from public.scenario_sessions
      union all select session_id from public.scenario_decisions
      union all select session_id from public.scenario_escalations) kept
    where session_id not in (select id from public.agent_sessions)
    union all
    select 'a session has a scenario of its enterprise or of everybody, and an active agent of it', b.session_id::text
    from public.scenario_sessions b join public.agent_sessions a on a.id = b.session_id
    join public.scenarios s on s.id = b.scenario_id
    join public.scenario_versions v on v.scenario_id = b.scenario_id and v.version = b.version
    where s.enterprise_id <> coalesce(a.enterprise_id, gen_random_uuid()) or not private.has_agent(v.definition, b.active_agent)
    union all
    select 'nobody has more than five appointments to come', b.user_id::text
    from public.clinic_bookings b join public.clinic_slots s on s.id = b.slot_id
    where s.starts_at > worker.now() group by b.user_id having count(*) > 5
    union all
    select 'usage belongs to the tenant of its enterprise or user', tenant_id::text from public.agent_usage
    where tenant_id <> private.tenant_of(enterprise_id, user_id)`
}
