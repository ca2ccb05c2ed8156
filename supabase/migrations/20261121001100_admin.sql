-- Admin: what those who look after tasks may do, and the record of what they did.
--
-- An admin of an enterprise may act on its tasks, a platform admin on all; both are rows that are read at each call, so
-- that a right ends when its row goes. Pauses, caps and weights are for platform admins alone.
--
-- Whatever is done to a task by anybody but its user is recorded in agent_task_audit with who did it: also what is done
-- in the table editor, because a trigger writes it. Nobody can change the record through the API.
--
-- Verbs: cancel_agent_tasks · retry_agent_tasks (also of dead letters) · reset_stuck_agent_tasks · prioritize_agent_tasks ·
--   pause_agent_kind · limit_agent_kind · limit_agent_tenant · pause_agent_schedule · keep_agent_tasks · agent_queue_overview
-- The bulk verbs take at most 1,000 ids, leave out what their verb does not fit, and return how many tasks they changed.
--
-- Errors: 42501 not an admin (or a task that is not there) · 22023 malformed.

create table public.agent_task_audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor_id uuid,
  actor text not null,
  action text not null,
  task_id uuid,
  enterprise_id uuid,
  details jsonb not null default '{}'
);
comment on column public.agent_task_audit.actor is 'The e-mail address, or the role for servers and the dashboard.';
create index agent_task_audit_of_task on public.agent_task_audit (task_id, id);
create index agent_task_audit_of_enterprise on public.agent_task_audit (enterprise_id, id);

alter table public.agent_task_audit enable row level security;
revoke all on public.agent_task_audit from anon, authenticated, service_role;
revoke all on sequence public.agent_task_audit_id_seq from anon, authenticated;
grant select on public.agent_task_audit to authenticated, service_role;

create policy "admins see what was done in their enterprise" on public.agent_task_audit for select to authenticated
  using (enterprise_id in (select private.my_admin_enterprises()) or (select private.is_platform_admin()));

-- Security definer: nobody has the right to write here, and e-mail addresses are not for everybody.
create function private.record_action(p_action text, p_task uuid, p_enterprise uuid, p_details jsonb) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.agent_task_audit (at, actor_id, actor, action, task_id, enterprise_id, details)
  values (worker.now(), (select auth.uid()),
    coalesce((select email from auth.users where id = (select auth.uid())), private.role_of_caller()),
    p_action, p_task, p_enterprise, p_details)
$$;

-- Before keep_request, which the verbs of the worker pass by, too: the name decides on the order.
create function private.audit_request() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- That a deadline passes is nobody's act.
  if new.status = 'failed' and new.error = private.deadline_exceeded() then
    return new;
  end if;
  perform private.record_action(
    case
      when new.status = 'cancelled' or (new.status = old.status and new.cancel_requested_at is not null) then 'cancel'
      when new.status in ('pending', 'scheduled') and old.status = 'processing' then 'reset'
      when new.status in ('pending', 'scheduled') and old.finished_at is not null then 'retry'
      when new.priority <> old.priority then 'prioritize'
      else 'edit'
    end,
    new.id, new.enterprise_id,
    jsonb_strip_nulls(jsonb_build_object('from', old.status, 'to', new.status,
      'priority', case when new.priority <> old.priority then new.priority end)));
  return new;
end
$$;

create trigger audit_request before update on public.agent_task_requests
  for each row when (
    new.version <= old.version and (auth.uid() is null or auth.uid() is distinct from old.user_id)
    and (new.status <> old.status or new.priority <> old.priority
      or new.cancel_requested_at is distinct from old.cancel_requested_at))
  execute function private.audit_request();

-- Rights ---------------------------------------------------------------------------------------------------------

create function private.check_platform_admin() returns void
language plpgsql stable set search_path = ''
as $$
begin
  if not (select private.is_platform_admin()) and not private.is_server() then
    raise exception 'Only a platform admin may do this.' using errcode = '42501';
  end if;
end
$$;

-- Of these tasks' enterprises, or of all.
-- Security definer: it must see the tasks of others to refuse them.
create function private.check_admin_of(p_tasks uuid[]) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_missing uuid;
begin
  if cardinality(p_tasks) > 1000 then
    raise exception 'At most 1000 tasks at once, not %.', cardinality(p_tasks)
      using errcode = '22023', hint = 'Send them in parts.';
  end if;
  if (select private.is_platform_admin()) or private.is_server() then
    return;
  end if;
  select t.id into v_missing
  from unnest(p_tasks) t (id) left join public.agent_task_requests r on r.id = t.id
  where not coalesce(r.enterprise_id in (select private.my_admin_enterprises()), false)
  limit 1;
  if found then
    raise exception 'There is no task % that you look after.', v_missing using errcode = '42501';
  end if;
end
$$;

-- Bulk verbs -----------------------------------------------------------------------------------------------------
-- Security definer, all of them: nobody may update requests; these are the changes that admins may ask for.

create function public.cancel_agent_tasks(task_ids uuid[]) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  v_open constant uuid[] := array(
    select id from public.agent_task_requests
    where id = any (task_ids) and finished_at is null and cancel_requested_at is null);
begin
  perform private.check_admin_of(task_ids);
  perform private.cancel_all(v_open);
  return cardinality(v_open);
end
$$;

-- Failed and cancelled tasks begin a new life.
create function public.retry_agent_tasks(task_ids uuid[]) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  perform private.check_admin_of(task_ids);
  v_ids := array(
    select id from public.agent_task_requests
    where id = any (task_ids) and status in ('failed', 'cancelled') order by id for no key update);
  update public.agent_task_requests set status = 'pending' where id = any (v_ids);
  return cardinality(v_ids);
end
$$;

-- Running tasks are taken from their workers and begin a new life; what the old attempt still writes is refused. Without
-- ids: all those that the caller looks after and whose lease has run out or whose worker has not beaten for a minute.
create function public.reset_stuck_agent_tasks(task_ids uuid[] default null) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  v_ids uuid[] := coalesce(task_ids, array(
    select r.id from private.stuck_tasks() s join public.agent_task_requests r on r.id = s
    where (r.enterprise_id in (select private.my_admin_enterprises()) or (select private.is_platform_admin())
        or private.is_server())
    limit 1000));
begin
  perform private.check_admin_of(v_ids);
  v_ids := array(
    select id from public.agent_task_requests
    where id = any (v_ids) and status = 'processing' order by id for no key update);
  update public.agent_task_requests set status = 'pending' where id = any (v_ids);
  return cardinality(v_ids);
end
$$;

create function public.prioritize_agent_tasks(task_ids uuid[], priority integer) returns integer
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_ids uuid[];
begin
  perform private.check_admin_of(task_ids);
  v_ids := array(
    select id from public.agent_task_requests r
    where id = any (task_ids) and finished_at is null and r.priority <> prioritize_agent_tasks.priority
    order by id for no key update);
  update public.agent_task_requests r set priority = prioritize_agent_tasks.priority where id = any (v_ids);
  return cardinality(v_ids);
end
$$;

-- Pauses, caps and weights ---------------------------------------------------------------------------------------
-- Security definer: the queue's tables are closed to users.

-- A paused kind is not claimed; what runs goes on.
create function public.pause_agent_kind(kind text, paused boolean) returns void
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
begin
  perform private.check_platform_admin();
  perform private.check_kind(kind);
  insert into worker.kinds as k (kind, paused_at) values (kind, case when paused then worker.now() end)
  on conflict on constraint kinds_pkey do update
    set paused_at = case when paused then coalesce(k.paused_at, excluded.paused_at) end;
  perform private.record_action(case when paused then 'pause_kind' else 'resume_kind' end, null, null,
    jsonb_build_object('kind', kind));
  perform private.tell_workers('wake', null, true);
end
$$;

-- max_running null: no cap.
create function public.limit_agent_kind(kind text, max_running integer default null) returns void
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
begin
  perform private.check_platform_admin();
  perform private.check_kind(kind);
  insert into worker.kinds as k (kind, max_running) values (kind, max_running)
  on conflict on constraint kinds_pkey do update set max_running = excluded.max_running;
  perform private.record_action('limit_kind', null, null,
    jsonb_build_object('kind', kind, 'max_running', max_running));
  perform private.tell_workers('wake', null, true);
end
$$;

-- A tenant is an enterprise, or a user without one. Twice the weight is twice the slots when slots are short.
create function public.limit_agent_tenant(tenant_id uuid, max_running integer default null, weight real default 1) returns void
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
begin
  perform private.check_platform_admin();
  insert into worker.tenants (tenant_id, max_running, weight) values (tenant_id, max_running, weight)
  on conflict on constraint tenants_pkey do update set max_running = excluded.max_running, weight = excluded.weight;
  perform private.record_action('limit_tenant', null, (select id from public.enterprises where id = tenant_id),
    jsonb_build_object('tenant_id', tenant_id, 'max_running', max_running, 'weight', weight));
  perform private.tell_workers('wake', null, true);
end
$$;

-- How long ended tasks and the minutes of the charts are kept, in days; null is for ever.
create function public.keep_agent_tasks(tasks_days integer default null, minutes_days integer default null) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.check_platform_admin();
  update worker.settings set keep_tasks_days = tasks_days, keep_minutes_days = minutes_days;
  perform private.record_action('keep', null, null,
    jsonb_build_object('tasks_days', tasks_days, 'minutes_days', minutes_days));
end
$$;

-- Admins may stop a schedule of their enterprise, and let it go on; to change what it does is its owner's.
create function public.pause_agent_schedule(schedule_id uuid, paused boolean) returns void
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_schedule public.agent_task_schedules;
begin
  select * into v_schedule from public.agent_task_schedules s
  where s.id = schedule_id and (
    s.enterprise_id in (select private.my_admin_enterprises())
    or (select private.is_platform_admin()) or private.is_server())
  for no key update;
  if not found then
    raise exception 'There is no schedule % that you look after.', schedule_id using errcode = '42501';
  end if;
  update public.agent_task_schedules s
  set paused_at = case when paused then coalesce(s.paused_at, worker.now()) end
  where s.id = schedule_id;
  perform private.record_action(case when paused then 'pause_schedule' else 'resume_schedule' end, null,
    v_schedule.enterprise_id, jsonb_build_object('schedule_id', schedule_id, 'name', v_schedule.name));
end
$$;

-- Overview -------------------------------------------------------------------------------------------------------

-- What the admin screen shows of the whole queue: the fields of worker.stats, and kinds: [{kind, paused_at, max_running,
-- at_work}], tenants: [{tenant_id, name, weight, max_running, at_work, pending}] (the hundred with most to do; pending is
-- counted up to 10,000 a lane), dead_letters: [{kind, code, tasks, last_at}], settings: {keep_tasks_days,
-- keep_minutes_days}. For platform admins.
-- Security definer: the queue's tables are closed to users.
create function public.agent_queue_overview() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.check_platform_admin();
  return worker.stats() || jsonb_build_object(
    'kinds', coalesce((
      select jsonb_agg(jsonb_build_object('kind', k.kind, 'paused_at', s.paused_at, 'max_running', s.max_running,
        'at_work', k.at_work) order by k.kind)
      from (
        select kind, sum(at_work)::integer as at_work from (
          select kind, private.count_at_work(id) as at_work from worker.lanes
          union all select kind, 0 from worker.kinds) a
        group by 1) k
      left join worker.kinds s on s.kind = k.kind), '[]'),
    'tenants', coalesce((
      select jsonb_agg(to_jsonb(t)) from (
        select l.tenant_id, coalesce(e.name, u.email, 'nobody') as name, coalesce(s.weight, 1) as weight, s.max_running,
          l.at_work, l.pending
        from (
          select tenant_id, sum(at_work)::integer as at_work, sum(pending)::integer as pending from (
            select tenant_id, private.count_at_work(id) as at_work, private.count_pending(id) as pending from worker.lanes
            union all select tenant_id, 0, 0 from worker.tenants) a
          group by 1) l
        left join worker.tenants s on s.tenant_id = l.tenant_id
        left join public.enterprises e on e.id = l.tenant_id
        left join auth.users u on u.id = l.tenant_id
        order by l.at_work + l.pending desc, 2 limit 100) t), '[]'),
    'dead_letters', coalesce((
      select jsonb_agg(to_jsonb(d)) from (
        select kind, code, count(*) as tasks, max(failed_at) as last_at
        from (select * from public.agent_task_dead_letters order by failed_at desc limit 10000) l
        group by 1, 2 order by 3 desc) d), '[]'),
    'settings', (
      select jsonb_build_object('keep_tasks_days', keep_tasks_days, 'keep_minutes_days', keep_minutes_days)
      from worker.settings));
end
$$;

-- How attempts ended since then, in steps of so many seconds, for charts. Minutes are the smallest step.
create function public.agent_task_throughput(since timestamptz, step_seconds integer default 60)
returns table (at timestamptz, status text, tasks bigint, wait_seconds double precision, run_seconds double precision)
language sql stable set search_path = ''
as $$
  select date_bin(make_interval(secs => greatest(step_seconds, 60)), m.minute, '2000-01-01'), m.status,
    sum(m.tasks), sum(m.wait_seconds), sum(m.run_seconds)
  from public.agent_task_minutes m where m.minute >= since group by 1, 2 order by 1, 2
$$;

revoke execute on function public.agent_task_throughput from public, anon;
grant execute on function public.agent_task_throughput to authenticated, service_role;
revoke execute on function public.cancel_agent_tasks, public.retry_agent_tasks, public.reset_stuck_agent_tasks,
  public.prioritize_agent_tasks, public.pause_agent_kind, public.limit_agent_kind, public.limit_agent_tenant,
  public.keep_agent_tasks, public.pause_agent_schedule, public.agent_queue_overview from public, anon;
grant execute on function public.cancel_agent_tasks, public.retry_agent_tasks, public.reset_stuck_agent_tasks,
  public.prioritize_agent_tasks, public.pause_agent_kind, public.limit_agent_kind, public.limit_agent_tenant,
  public.keep_agent_tasks, public.pause_agent_schedule, public.agent_queue_overview to authenticated, service_role;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.audit_request, private.record_action, private.check_platform_admin, private.check_admin_of to service_role;
