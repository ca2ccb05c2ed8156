-- Upkeep: what any worker does for all, and what is counted on the way.
--
-- One call, worker.upkeep, does a bounded piece of everything: tasks of dead workers go back, passed deadlines end tasks,
-- due tasks line up, empty lanes go, tallies are summed up, and what has been kept long enough is removed. Workers make it
-- every few seconds, and pg_cron each minute where it is installed, so that it is done also while no worker lives. A lock
-- lets one at a time do it.
--
-- Counts cost the same however long the history is: how attempts ended is summed up by minute as it happens, and open
-- tasks are counted by their tickets, up to 10,000 a lane.
--
-- What is kept how long is in worker.settings; null is for ever.

create table worker.settings (
  only_row boolean primary key default true constraint there_is_one_row check (only_row),
  keep_tasks_days integer default 90 constraint keep_tasks_days_is_positive check (keep_tasks_days > 0),
  keep_minutes_days integer default 30 constraint keep_minutes_days_is_positive check (keep_minutes_days > 0),
  pruned_at timestamptz not null default '-infinity'
);
insert into worker.settings default values;
comment on column worker.settings.keep_tasks_days is 'Ended tasks, with their steps and deltas.';
comment on column worker.settings.keep_minutes_days is 'The rows of agent_task_minutes.';

create table public.agent_task_minutes (
  minute timestamptz not null,
  kind text not null,
  status text not null,
  tasks integer not null,
  wait_seconds double precision not null,
  run_seconds double precision not null,
  primary key (minute, kind, status)
);
comment on table public.agent_task_minutes is
  'How many attempts ended so within a minute (a retry as scheduled), with the sums of the seconds from submission to start and from start to end.';

alter table worker.settings enable row level security;
alter table public.agent_task_minutes enable row level security;
revoke all on public.agent_task_minutes from anon, authenticated;
grant select on public.agent_task_minutes to authenticated;
grant all on public.agent_task_minutes to service_role;
grant select, insert, update, delete on worker.settings to service_role;

create policy "platform admins see how much was done" on public.agent_task_minutes for select to authenticated
  using ((select private.is_platform_admin()));

insert into public.agent_task_minutes
select date_trunc('minute', finished_at), kind, status, count(*),
  sum(extract(epoch from coalesce(started_at, finished_at) - created_at)),
  coalesce(sum(extract(epoch from finished_at - started_at)), 0)
from public.agent_task_requests where finished_at is not null group by 1, 2, 3;

-- The pieces -----------------------------------------------------------------------------------------------------

-- Ends tasks that wait beyond their deadline. One that runs hears of it by its beat.
create function private.expire_due(p_limit integer) returns integer
language plpgsql set search_path = '' set enable_seqscan = off
as $$
declare
  v_expired uuid[] := array(
    select q.task_id from worker.queue q
    where q.deadline_at <= (select worker.now()) and q.lease_id is null order by q.deadline_at limit p_limit);
begin
  if cardinality(v_expired) = 0 then
    return 0;
  end if;
  v_expired := array(
    select id from public.agent_task_requests
    where id = any (v_expired) and status in ('scheduled', 'pending', 'waiting') and deadline_at <= (select worker.now())
    order by id for no key update skip locked);
  update public.agent_task_requests set status = 'failed', error = private.deadline_exceeded() where id = any (v_expired);
  return cardinality(v_expired);
end
$$;

create function private.sum_up_tallies(p_limit integer) returns void
language sql set search_path = ''
as $$
  with taken as (
    delete from worker.tallies where id = any (array(select id from worker.tallies order by id limit p_limit))
    returning *
  )
  insert into public.agent_task_minutes as m
  select date_trunc('minute', at), kind, status, sum(tasks), sum(wait_seconds), sum(run_seconds)
  from taken group by 1, 2, 3
  on conflict (minute, kind, status) do update
    set tasks = m.tasks + excluded.tasks, wait_seconds = m.wait_seconds + excluded.wait_seconds,
      run_seconds = m.run_seconds + excluded.run_seconds
$$;

-- Removes lanes that have stood empty for ten minutes. Whoever lines up in one of these just now holds the lock of its
-- tenant, and the lane stays.
create function private.sweep_lanes(p_limit integer) returns void
language plpgsql set search_path = '' set enable_seqscan = off
as $$
declare
  v_bucket integer;
begin
  for v_bucket in
    select distinct private.lane_bucket(tenant_id) from (
      select l.tenant_id from worker.lanes l
      where l.used_at < (select worker.now()) - interval '10 minutes'
        and not exists (select from worker.queue q where q.lane_id = l.id)
      limit p_limit) empty
  loop
    if pg_try_advisory_xact_lock(8421, v_bucket) then
      delete from worker.lanes l
      where private.lane_bucket(l.tenant_id) = v_bucket
        and l.used_at < (select worker.now()) - interval '10 minutes'
        and not exists (select from worker.queue q where q.lane_id = l.id);
    end if;
  end loop;
end
$$;

-- Removes up to p_limit of each: deltas of tasks that ended more than an hour ago, ended tasks and minutes that have been
-- kept long enough, and workers unseen for a day. Returns how many rows went. Replaces the one of "stream".
create or replace function worker.prune(p_limit integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_now constant timestamptz := worker.now();
  v_settings worker.settings;
  v_deltas integer;
  v_tasks integer;
begin
  select * into v_settings from worker.settings;
  delete from worker.workers where beat_at < v_now - interval '1 day';
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
  delete from public.agent_task_minutes where minute < v_now - make_interval(days => v_settings.keep_minutes_days);
  return v_deltas + v_tasks;
end
$$;

-- The whole ------------------------------------------------------------------------------------------------------

-- Does up to p_limit of each. Returns {reaped: [{task_id, status}], expired, pruned, has_due_schedules} (which a worker has
-- to see to, because the database reads no cron), or null when somebody else is at it.
create function worker.upkeep(p_limit integer) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_reaped jsonb;
  v_expired integer;
  v_pruned integer := 0;
begin
  if not pg_try_advisory_xact_lock(8421, -2) then
    return null;
  end if;
  -- What takes longest comes first, and what others may have to wait for comes last.
  update worker.settings set pruned_at = worker.now() where pruned_at < (select worker.now()) - interval '1 minute';
  if found then
    v_pruned := worker.prune(p_limit * 10);
  end if;
  perform private.sum_up_tallies(p_limit * 10);
  select coalesce(jsonb_agg(jsonb_build_object('task_id', r.task_id, 'status', r.status)), '[]') into v_reaped
  from worker.reap(p_limit) r;
  v_expired := private.expire_due(p_limit);
  perform private.promote_due(p_limit);
  perform private.sweep_lanes(p_limit);
  return jsonb_build_object('reaped', v_reaped, 'expired', v_expired, 'pruned', v_pruned,
    'has_due_schedules', exists (select from worker.due_schedules(1)));
end
$$;

-- Counts ---------------------------------------------------------------------------------------------------------

create function private.count_pending(p_lane integer) returns integer
language sql stable set search_path = '' set enable_seqscan = off
as $$
  select count(*)::integer from (
    select from worker.lanes l join worker.queue q on q.lane_id = l.id and q.lease_id is null
      and (q.entered, q.turn) >= (l.next_entered, l.next_turn)
    where l.id = p_lane limit 10000) t
$$;

-- Open tasks by kind and status, exact up to 10,000 a lane, and as many of those aside.
create function private.count_open() returns table (kind text, status text, tasks bigint)
language sql stable set search_path = ''
as $$
  select kind, status, sum(tasks)::bigint from (
    select l.kind, 'pending' as status, private.count_pending(l.id) as tasks from worker.lanes l
    union all
    select l.kind, 'processing', private.count_at_work(l.id) from worker.lanes l
    union all
    select r.kind, r.status, count(*)
    from (select task_id from worker.queue where lane_id is null limit 10000) q
    join public.agent_task_requests r on r.id = q.task_id
    group by 1, 2
  ) counted
  where tasks > 0 group by 1, 2
$$;

create function private.stuck_tasks() returns setof uuid
language sql stable set search_path = '' set enable_seqscan = off
as $$
  select q.task_id from worker.lanes l
  join worker.queue q on q.lane_id = l.id and q.lease_id is not null
    and (q.entered, q.turn) >= (l.first_entered, l.first_turn)
    and (q.entered, q.turn) <= (l.last_entered, l.last_turn)
  left join worker.workers w on w.id = q.worker_id
  where private.is_stuck(q.expires_at, w.beat_at)
$$;

-- How the queue is doing: {depth: [{kind, status, tasks}] (open now, and ended within a day),
-- oldest_pending_seconds, stuck, workers}. Replaces the one of "queue".
create or replace function worker.stats() returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'depth', coalesce((
      select jsonb_agg(jsonb_build_object('kind', kind, 'status', status, 'tasks', tasks) order by kind, status)
      from (
        select * from private.count_open()
        union all
        select kind, status, sum(tasks) from (
          select kind, status, tasks from public.agent_task_minutes
          where minute > (select worker.now()) - interval '1 day'
          union all select kind, status, tasks from worker.tallies) ended
        where status in ('completed', 'failed', 'cancelled') group by 1, 2
      ) d), '[]'),
    'oldest_pending_seconds', (
      select extract(epoch from worker.now() - min(r.run_at))
      from worker.lanes l
      cross join lateral (
        select q.task_id from worker.queue q
        where q.lane_id = l.id and q.lease_id is null and (q.entered, q.turn) >= (l.next_entered, l.next_turn)
        order by q.entered, q.turn limit 1) head
      join public.agent_task_requests r on r.id = head.task_id),
    'stuck', (
      select count(*) from private.stuck_tasks()),
    'workers', coalesce((
      select jsonb_agg(jsonb_build_object('id', id, 'host', host, 'version', version, 'hears', hears, 'idle', idle,
        'kinds', kinds, 'slots', slots, 'in_flight', in_flight, 'beat_age_seconds', extract(epoch from worker.now() - beat_at))
        order by started_at)
      from worker.workers where beat_at > worker.now() - interval '1 minute'), '[]')
  )
$$;

-- The backstop ---------------------------------------------------------------------------------------------------

-- Has pg_cron do the upkeep: scheduled | no_pg_cron. For the owner of the database, after pg_cron was enabled; a
-- second call changes nothing but what differs, because a job is known by its name. A job that was switched off
-- (cron.alter_job) stays off. To end it: select cron.unschedule('liverow-upkeep'), ('liverow-upkeep-log').
create function private.schedule_upkeep() returns text
language plpgsql set search_path = ''
as $$
begin
  if not exists (select from pg_catalog.pg_extension where extname = 'pg_cron') then
    return 'no_pg_cron';
  end if;
  -- plpgsql looks names up when it first runs a statement, so without the extension nobody misses `cron`.
  perform cron.schedule('liverow-upkeep', '* * * * *', 'select worker.upkeep(1000)');
  -- pg_cron keeps a row of each run for ever: 1,440 a day.
  perform cron.schedule('liverow-upkeep-log', '17 3 * * *', $job$
    delete from cron.job_run_details d using cron.job j
    where d.jobid = j.jobid and j.jobname like 'liverow-%' and d.start_time < now() - interval '2 days'
  $job$);
  return 'scheduled';
end
$$;
revoke execute on function private.schedule_upkeep from public;

-- Optional, so whatever is amiss with pg_cron (its grants differ by the way it was enabled) must not stop a migration.
do $$
begin
  perform private.schedule_upkeep();
exception when others then
  raise warning 'The upkeep could not be scheduled with pg_cron: %', sqlerrm
    using hint = 'Workers do the upkeep in any case. To try again: select private.schedule_upkeep();';
end
$$;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.expire_due, private.sum_up_tallies, private.sweep_lanes, private.count_open,
  private.count_pending, private.count_at_work,
  private.stuck_tasks to service_role;
