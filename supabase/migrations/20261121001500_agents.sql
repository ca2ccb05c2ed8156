-- Agents: what a durable run of agents asks of the database, beyond the plain journal and stream.
--
-- The journal. A step is written under a key that names its place; later attempts find it and call nobody again:
--   model:<scope>:<n>       the n-th model call in that scope; `input` is {tools}, what the model was offered
--   tool:<scope>/<callId>   a tool call; handoff:<scope>/<callId> the agent that took over
--   step:<scope>:<name>     a pipeline's or a guardrail's own step; retry:<key>:<attempt>:<n> a model call made anew
-- The scope is the name of the run (none for the main one) and, inside agents that are used as tools, the path of their
-- tool calls. The journal is append-only, so it serves as the audit, too: a step that is done never changes, and it
-- goes only with its task.
--
-- The stream. Deltas of many tasks are appended by one statement. Whoever watches a task says so with
-- watch_agent_task(task_id) about twice a minute; the deltas of a task that nobody watches are not broadcast.
-- More kinds of deltas: retry {code, seconds} (a model call failed and is made again) · asked {} (a tool call waits for a
-- person). Progress is in the row.
--
-- Tools as the user. A tool of SQL is a function agent_tools.<name>(p_task uuid, p_input jsonb) returns jsonb. run_tool
-- calls it with the rights of the task's user and writes its step in the same transaction: it happens exactly once.
-- Who the user is stands in settings of the session, which any SQL may change. So a tool must not execute SQL that the
-- model has written, nor SQL that it puts together from input. Not even that could change the role, though.
--
-- A fork is a new task that begins with what another had journalled before one of its steps. It stands alone: it belongs
-- to no session and no parent, asks for consent anew, and may spend as much as the other one was allowed to.
--
-- Verbs of the worker: record_steps, append_deltas → continue | cancel | lost · load_journal · run_tool ·
-- report_progress. Verbs of users: watch_agent_task, fork_agent_task.
-- Errors: AT001 the lease is lost · 22023 malformed · 42501 not allowed.

-- Journal --------------------------------------------------------------------------------------------------------

comment on column public.agent_task_steps.attempt is 'The attempt that wrote it; 0 for one that a fork has copied.';

create function private.refuse_change_of_journal() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'The journal is append-only: step % of task % stays as it is.', old.key, old.task_id
    using errcode = '42501', hint = 'Steps go with their task.';
end
$$;

create trigger keep_done_steps before update on public.agent_task_steps
  for each row when (old.status = 'done') execute function private.refuse_change_of_journal();
-- Steps that go with their task are deleted from within a trigger.
create trigger keep_steps before delete on public.agent_task_steps
  for each row when (pg_trigger_depth() = 0) execute function private.refuse_change_of_journal();
revoke truncate on public.agent_task_steps from service_role;

-- Every tool call: who did what, for whom, with what result, and how long it took.
create view public.agent_tool_calls with (security_invoker = true) as
  select s.id, s.task_id, s.life, s.attempt, r.enterprise_id, r.user_id, s.agent, s.name as tool_name, s.input,
    s.output as result, s.status, s.started_at, extract(epoch from s.finished_at - s.started_at) as seconds
  from public.agent_task_steps s join public.agent_task_requests r on r.id = s.task_id
  where s.kind = 'tool' and s.attempt > 0;
revoke all on public.agent_tool_calls from anon, authenticated;
grant select on public.agent_tool_calls to authenticated, service_role;

-- Writes steps under a lease that the caller has checked.
create function private.write_steps(p_request public.agent_task_requests, p_steps jsonb[]) returns void
language plpgsql set search_path = ''
as $$
declare
  v_step jsonb;
  v_paid jsonb[] := '{}';
begin
  for v_step in
    select s from (
      -- A step that begins and ends in one batch is written as it ended.
      select distinct on (s ->> 'key') s, n from unnest(p_steps) with ordinality u (s, n) order by s ->> 'key', n desc
    ) latest order by n
  loop
    insert into public.agent_task_steps
      (task_id, life, attempt, key, kind, agent, name, status, input, output, usage, cost, started_at, finished_at)
    values (p_request.id, p_request.life, p_request.attempt, v_step ->> 'key', v_step ->> 'kind', v_step ->> 'agent',
      v_step ->> 'name', v_step ->> 'status', v_step -> 'input', v_step -> 'output', v_step -> 'usage',
      (v_step ->> 'cost')::numeric,
      worker.now() - make_interval(secs => coalesce((v_step ->> 'seconds')::double precision, 0)),
      case when v_step ->> 'status' = 'done' then worker.now() end)
    on conflict (task_id, life, key) do update
      set status = excluded.status, input = coalesce(excluded.input, agent_task_steps.input), output = excluded.output,
        usage = excluded.usage, cost = excluded.cost, finished_at = excluded.finished_at, attempt = excluded.attempt
      where agent_task_steps.status = 'started';
    -- Said again after a lost answer, it is there already, and paid for once.
    if found and v_step ->> 'kind' = 'model' and v_step ->> 'status' = 'done' then
      v_paid := v_paid || v_step;
    end if;
  end loop;
  -- In the order that spend asks for.
  foreach v_step in array array(select s from unnest(v_paid) s order by s ->> 'name') loop
    perform private.spend(p_request, v_step);
  end loop;
end
$$;

-- p_steps: [{key, kind, agent, name, status, seconds?, input?, output?, usage?, cost?, reserved?}], `seconds` being how
-- long it took so far. A step that is done stays as it is. Replaces the one of "journal".
create or replace function worker.record_steps(p_task uuid, p_lease uuid, p_steps jsonb[]) returns text
language plpgsql set search_path = ''
as $$
declare
  v_verdict text := private.hold(p_task, p_lease);
  v_request public.agent_task_requests;
begin
  if v_verdict <> 'lost' then
    select * into v_request from public.agent_task_requests where id = p_task;
    perform private.write_steps(v_request, p_steps);
  end if;
  return v_verdict;
end
$$;

-- Unlogged: after a crash of the database those who watch say so again.
create unlogged table worker.watchers (
  task_id uuid primary key,
  until timestamptz not null
);
alter table worker.watchers enable row level security;
grant select, delete on worker.watchers to service_role;

create function private.is_watched(p_task uuid) returns boolean
language sql stable set search_path = ''
as $$
  select exists (select from worker.watchers where task_id = p_task and until > worker.now())
$$;

-- What earlier attempts of this life have left: {verdict, watched, session_id, last_seq, steps: [{key, kind, agent, name,
-- status, input (of model calls), output}], streamed: [step keys], approvals: [{key, status, reason,
-- edited_arguments}]}. `streamed` names the model calls whose text has been sent, so that a repeated one can withdraw it
-- first, and the steps that have been sent as done, so that the others are sent now. Replaces the one of "stream".
create or replace function worker.load_journal(p_task uuid, p_lease uuid) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object(
    'verdict', private.hold(p_task, p_lease),
    'watched', private.is_watched(p_task),
    'session_id', r.session_id,
    'last_seq', coalesce((
      select max(d.seq) from public.agent_task_deltas d where d.task_id = r.id and d.life = r.life), 0),
    'steps', coalesce((
      select jsonb_agg(jsonb_build_object('key', s.key, 'kind', s.kind, 'agent', s.agent, 'name', s.name,
        'status', s.status, 'input', case s.kind when 'model' then s.input end, 'output', s.output) order by s.id)
      from public.agent_task_steps s
      where s.task_id = r.id and s.life = r.life and s.kind not in ('history', 'turn', 'retry')), '[]'),
    'streamed', coalesce((
      select jsonb_agg(distinct d.step_key)
      from public.agent_task_deltas d where d.task_id = r.id and d.life = r.life
        and (d.kind = 'text' or (d.kind = 'step' and d.data ->> 'status' = 'done'))), '[]'),
    'approvals', coalesce((
      select jsonb_agg(jsonb_build_object('key', a.key, 'status', a.status, 'reason', a.reason,
        'edited_arguments', a.edited_arguments))
      from public.agent_approvals a where a.task_id = r.id and a.life = r.life), '[]')
  )
  from (select p_task as id) t left join public.agent_task_requests r on r.id = t.id
$$;

-- Stream ---------------------------------------------------------------------------------------------------------

alter table public.agent_task_deltas drop constraint kind_is_known;
alter table public.agent_task_deltas add constraint kind_is_known
  check (kind in ('text', 'reset', 'step', 'agent', 'retry', 'asked'));

-- Says that the caller watches a task, for the next 45 seconds.
-- Security definer: users have no right to the list.
create function public.watch_agent_task(task_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
begin
  perform private.check_may_act(array[task_id]);
  insert into worker.watchers (task_id, until) values (task_id, worker.now() + interval '45 seconds')
  on conflict on constraint watchers_pkey do update set until = excluded.until
    -- Many who watch one task write once in a while.
    where watchers.until < excluded.until - interval '10 seconds';
end
$$;
revoke execute on function public.watch_agent_task from public, anon;
grant execute on function public.watch_agent_task to authenticated, service_role;

drop function worker.append_deltas(uuid, uuid, jsonb[]);

-- Appends the deltas of several attempts: p_batches[i], {deltas: [{seq, kind, step_key, data}]}, is of p_tasks[i]. Sending
-- the same again changes nothing. Returns for each lease: continue | cancel | lost, and whether somebody watches.
create function worker.append_deltas(p_tasks uuid[], p_leases uuid[], p_batches jsonb[])
returns table (lease_id uuid, verdict text, watched boolean)
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := worker.now();
begin
  -- Requests before tickets, as whoever deletes them does; in the order of ids as everywhere. The tickets stay locked
  -- against their end until this commits.
  perform from public.agent_task_requests where id = any (p_tasks) order by id for key share;
  perform from (select task_id, lease_id from unnest(p_tasks, p_leases) u (task_id, lease_id) order by task_id) h
  cross join lateral (
    select from worker.queue q where q.task_id = h.task_id and q.lease_id = h.lease_id limit 1 for key share) held;

  insert into public.agent_task_deltas (task_id, life, seq, kind, step_key, data, created_at)
  select r.id, r.life, (d ->> 'seq')::integer, d ->> 'kind', d ->> 'step_key', d -> 'data', v_now
  from unnest(p_tasks, p_leases, p_batches) u (task_id, lease_id, batch)
  join worker.queue q on q.task_id = u.task_id and q.lease_id = u.lease_id
  join public.agent_task_requests r on r.id = u.task_id
  cross join lateral jsonb_array_elements(u.batch -> 'deltas') d
  -- Two calls with the same deltas wait for each other's rows, so in one order.
  order by r.id, (d ->> 'seq')::integer
  on conflict (task_id, life, seq) do nothing;

  return query
    select u.lease_id,
      case when q.task_id is null then 'lost' when r.cancel_requested_at is not null then 'cancel' else 'continue' end,
      private.is_watched(u.task_id)
    from unnest(p_tasks, p_leases) u (task_id, lease_id)
    left join worker.queue q on q.task_id = u.task_id and q.lease_id = u.lease_id
    left join public.agent_task_requests r on r.id = u.task_id;
end
$$;

-- Progress -------------------------------------------------------------------------------------------------------

alter table public.agent_task_requests add column progress jsonb
  constraint progress_is_an_object check (jsonb_typeof(progress) = 'object')
  constraint progress_is_small check (pg_column_size(progress) <= 2048);
comment on column public.agent_task_requests.progress is
  'What the pipeline says of how far it is: {done?, total?, text?}; of this life. At most once a second.';

create function private.drop_progress() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.progress := null;
  return new;
end
$$;

-- After keep_request, by its name: that one begins the new life.
create trigger life_begins_without_progress before update on public.agent_task_requests
  for each row when (new.life > old.life and new.progress is not null) execute function private.drop_progress();

create function worker.report_progress(p_task uuid, p_lease uuid, p_progress jsonb) returns text
language plpgsql set search_path = ''
as $$
declare
  v_verdict text;
begin
  perform from public.agent_task_requests where id = p_task for no key update;
  v_verdict := private.hold(p_task, p_lease);
  if v_verdict <> 'lost' then
    update public.agent_task_requests r
    set progress = case jsonb_typeof(p_progress) when 'string' then (p_progress #>> '{}')::jsonb else p_progress end,
      version = r.version + 1, updated_at = worker.now()
    where r.id = p_task;
  end if;
  return v_verdict;
end
$$;

-- Tools as the user ----------------------------------------------------------------------------------------------

create schema agent_tools;
comment on schema agent_tools is
  'Tools of SQL: functions (p_task uuid, p_input jsonb) returns jsonb that agents call with the rights of a task''s user.';
grant usage on schema agent_tools to authenticated, service_role;

-- Calls a tool of SQL once: p_steps is one step {key, agent, name, input}. The tool never hears whose data it may see:
-- the user comes from the task, the task from the lease, and row-level security decides as in a browser. What the tool
-- refuses is its result {error}; what fails for reasons of the database fails the call, to be made again.
-- Returns {verdict: continue | cancel | lost, output}.
create function worker.run_tool(p_task uuid, p_lease uuid, p_steps jsonb[]) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_step jsonb := p_steps[1];
  v_verdict text := private.hold(p_task, p_lease);
  v_request public.agent_task_requests;
  v_known public.agent_task_steps;
  v_output jsonb;
begin
  if v_verdict <> 'continue' then
    return jsonb_build_object('verdict', v_verdict);
  end if;
  select * into v_request from public.agent_task_requests where id = p_task;
  -- A call that is repeated while the first is still at work waits here for its end.
  v_step := v_step || jsonb_build_object('kind', 'tool', 'status', 'started');
  perform private.write_steps(v_request, array[v_step]);
  select * into v_known from public.agent_task_steps
  where task_id = p_task and life = v_request.life and key = v_step ->> 'key' and status = 'done';
  if found then
    return jsonb_build_object('verdict', v_verdict, 'output', v_known.output);
  end if;

  v_output := private.call_as_user(v_request, v_step ->> 'name', v_step -> 'input');
  perform private.write_steps(v_request, array[
    v_step || jsonb_build_object('status', 'done', 'output', v_output)]);
  return jsonb_build_object('verdict', v_verdict, 'output', v_output);
end
$$;

-- Calls a tool. Inside of a function with its owner's rights nobody can change the role, so what is wrong with a tool
-- cannot get it those of the session's user, which is a server.
-- Security definer: for that alone. The owner is the very role that calls it, and so nothing is lent.
create function private.call_tool(p_tool text, p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_is_locked boolean := false;
  v_output jsonb;
begin
  begin
    perform set_config('role', 'none', true);
  exception when insufficient_privilege then
    v_is_locked := true;
  end;
  -- Its owner could alter it, but not to any good.
  if not v_is_locked then
    raise exception 'private.call_tool must run with the rights of its owner.' using errcode = '55000';
  end if;
  execute format('select agent_tools.%I($1, $2)', p_tool) into v_output using p_task, p_input;
  -- Rules that would be looked at when the transaction ends are the tool's affair, too, and the user's.
  set constraints all immediate;
  return v_output;
end
$$;
grant create on schema private to authenticated;
alter function private.call_tool owner to authenticated;
revoke create on schema private from authenticated;

-- For its one statement the session is the user's: role and claims, as the Data API sets them. All of it ends with the
-- transaction at the latest, so nothing is left on a pooled connection.
create function private.call_as_user(p_request public.agent_task_requests, p_tool text, p_input jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  -- Claims both ways, because the auth functions of projects differ in which they read.
  c_names constant text[] := array['request.jwt.claims', 'request.jwt.claim', 'request.jwt.claim.sub',
    'request.jwt.claim.role', 'request.jwt.claim.email', 'role'];
  v_own constant text[] := array(
    select coalesce(current_setting(name, true), '') from unnest(c_names) with ordinality u (name, n) order by n);
  v_users constant text[] := array[
    jsonb_build_object('sub', p_request.user_id, 'role', 'authenticated')::text, '',
    coalesce(p_request.user_id::text, ''), 'authenticated', '', 'authenticated'];
  v_output jsonb;
  v_state text;
  v_message text;
begin
  if to_regprocedure(format('agent_tools.%I(uuid,jsonb)', p_tool)) is null then
    raise exception 'There is no tool of SQL named "%".', p_tool
      using errcode = '22023', hint = 'Create the function agent_tools.<name>(uuid, jsonb) in a migration.';
  end if;
  begin
    perform set_config(name, v_users[n], true) from unnest(c_names) with ordinality u (name, n);
    v_output := private.call_tool(p_tool, p_request.id, p_input);
  exception when others then
    -- The block's end takes back what the tool did, and the role.
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
    -- Bad input, broken rules, missing rights: the agent may do better. All else is not the tool's fault.
    if v_state !~ '^(22|23|42501|P0001|PT)' then
      raise;
    end if;
    v_output := jsonb_build_object('error', v_message);
  end;
  perform set_config(name, v_own[n], true) from unnest(c_names) with ordinality u (name, n);
  return coalesce(v_output, 'null');
end
$$;

-- What the user asked lately in the same enterprise: {limit} → [{created_at, kind, status, prompt, answer}], the newest
-- first. In the same one only, because the answer is written where that enterprise's admins may read it.
create function agent_tools.recent_tasks(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(t), '[]')
  from (
    select r.created_at, r.kind, r.status, left(r.request_payload ->> 'prompt', 200) as prompt,
      left(r.response_payload ->> 'answer', 200) as answer
    from public.agent_task_requests own join public.agent_task_requests r
      on r.user_id = own.user_id and r.enterprise_id is not distinct from own.enterprise_id and r.id <> own.id
    where own.id = p_task and own.user_id = (select auth.uid())
    order by r.created_at desc limit least(coalesce((p_input ->> 'limit')::integer, 20), 20)
  ) t
$$;
revoke execute on function agent_tools.recent_tasks from public;
grant execute on function agent_tools.recent_tasks to authenticated, service_role;
drop function worker.recent_tasks(uuid, uuid, integer);

-- Forks ----------------------------------------------------------------------------------------------------------

-- Starts a new task in the caller's name that goes on from just before a step of another one: what was journalled before
-- it is taken over and neither paid nor done again. With `output`, the result of that tool call is replaced by it,
-- and the task goes on after it. The caller must be the user of the task that is forked.
-- Security definer: users may not write steps.
create function public.fork_agent_task(task_id uuid, step_id bigint, output text default null)
returns public.agent_task_requests
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_origin public.agent_task_requests;
  v_step public.agent_task_steps;
  v_fork public.agent_task_requests;
begin
  select * into v_origin from public.agent_task_requests r
  where r.id = task_id and (r.user_id = (select auth.uid()) or private.is_server());
  select * into v_step from public.agent_task_steps s where s.id = step_id and s.task_id = v_origin.id;
  if v_step.id is null then
    raise exception 'There is no step % of a task % of yours.', step_id, task_id using errcode = '42501';
  end if;
  if v_origin.enterprise_id is not null and v_origin.user_id = (select auth.uid())
    and v_origin.enterprise_id not in (select private.my_enterprises())
  then
    raise exception 'You no longer belong to the enterprise of this task.' using errcode = '42501';
  end if;
  if output is not null and v_step.kind <> 'tool' then
    raise exception 'Only the result of a tool can be replaced; this is a %.', v_step.kind
      using errcode = '22023', hint = 'Leave output out to have the step made anew.';
  elsif octet_length(output) > 262144 then
    raise exception 'output has % bytes; at most 262144 (256 KiB) are taken.', octet_length(output) using errcode = '22023';
  end if;

  insert into public.agent_task_requests
    (user_id, enterprise_id, kind, request_payload, priority, token_budget, cost_budget)
  values (v_origin.user_id, v_origin.enterprise_id, v_origin.kind, v_origin.request_payload, v_origin.priority,
    v_origin.token_budget, v_origin.cost_budget)
  returning * into v_fork;
  insert into public.agent_task_steps
    (task_id, life, attempt, key, kind, agent, name, status, input, output, usage, cost, started_at, finished_at)
  select v_fork.id, v_fork.life, 0, s.key, s.kind, s.agent, s.name, 'done', s.input,
    case s.id when step_id then to_jsonb(output) else s.output end, s.usage, s.cost, s.started_at,
    coalesce(s.finished_at, worker.now())
  from public.agent_task_steps s
  where s.task_id = v_origin.id and s.life = v_step.life and (s.status = 'done' or s.id = step_id)
    and s.kind not in ('history', 'turn', 'retry')
    and (s.id < step_id or (s.id = step_id and output is not null))
  order by s.id;
  return v_fork;
end
$$;
revoke execute on function public.fork_agent_task from public, anon;
grant execute on function public.fork_agent_task to authenticated, service_role;

-- Upkeep ---------------------------------------------------------------------------------------------------------

-- Removes up to p_limit of each: deltas of tasks that ended more than an hour ago, ended tasks and minutes that have been
-- kept long enough, usage older than 400 days, workers unseen for a day, and who no longer watches. Returns how many rows
-- went. Replaces the one of "upkeep", which knew neither usage nor watchers.
create or replace function worker.prune(p_limit integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_now constant timestamptz := worker.now();
  v_settings worker.settings;
  v_deltas integer;
  v_tasks integer;
  v_usage integer;
begin
  select * into v_settings from worker.settings;
  delete from worker.workers where beat_at < v_now - interval '1 day';
  delete from worker.watchers where until < v_now - interval '1 minute';
  delete from public.agent_task_deltas
  where ctid = any (array(
    select d.ctid from public.agent_task_deltas d join public.agent_task_requests r on r.id = d.task_id
    where r.finished_at < v_now - interval '1 hour' limit p_limit));
  get diagnostics v_deltas = row_count;
  delete from public.agent_task_requests
  where id = any (array(
    select id from public.agent_task_requests
    where created_at < v_now - make_interval(days => v_settings.keep_tasks_days)
      and finished_at < v_now - make_interval(days => v_settings.keep_tasks_days)
    order by created_at limit p_limit));
  get diagnostics v_tasks = row_count;
  delete from public.agent_usage
  where ctid = any (array(select ctid from public.agent_usage where day < private.today() - 400 limit p_limit));
  get diagnostics v_usage = row_count;
  delete from public.agent_task_minutes where minute < v_now - make_interval(days => v_settings.keep_minutes_days);
  return v_deltas + v_tasks + v_usage;
end
$$;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.write_steps, private.is_watched, private.call_as_user to service_role;
