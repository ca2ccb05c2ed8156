-- The queue: who works on what, and until when.
--
-- A worker claims pending requests. Each claim makes a lease: the right to write, with a random id and an end.
-- The worker's beat moves the end; settling gives the lease back and ends the attempt. Every late write names its
-- lease id, so an attempt that lost its lease (reaped, reset by hand) writes nothing: that is the fence.
--
-- Invariant: a request is `processing` if and only if it has a lease. The trigger below keeps it for everybody,
-- also for an admin who edits the status in the table editor:
--   processing ──(by hand)──▶ anything     drops the lease, so the old attempt is fenced off
--   anything ──(by hand)──▶ processing     is refused: only a claim does that
--   an ended request, or one taken from its worker ──▶ pending or scheduled     begins a new life
--
-- Lock order everywhere: request, then lease (an update by hand holds the request before any trigger can run), and
-- several of a kind in the order of task ids. Requests are locked `for no key update`: a plain `for update` would stand
-- in the way of the foreign keys of the journal.
--
-- Verbs of the worker:
--   beat(worker, leases)             I am here, prolong these: per lease ok | cancel | lost; the answer is the cancel channel
--   claim(worker, slots, …)          take up to `slots` requests
--   settle(leases, outcomes)         end attempts: the new status, or lost
--   reap(limit)                      take the tasks of dead workers back
--   leave(worker)                    I am gone
--   stats()                          what a status page shows
-- Users call public.cancel_agent_task and public.retry_agent_task.

create table worker.leases (
  task_id uuid primary key references public.agent_task_requests on delete cascade,
  id uuid not null default gen_random_uuid(),
  worker_id uuid not null,
  expires_at timestamptz not null
) with (fillfactor = 50);

create table worker.workers (
  id uuid primary key,
  host text not null,
  version text not null,
  hears text not null constraint hears_is_known check (hears in ('postgres', 'realtime')),
  idle boolean not null default false,
  in_flight integer not null default 0,
  started_at timestamptz not null,
  beat_at timestamptz not null
) with (fillfactor = 50);

-- Reached through the verbs alone; row-level security without a policy keeps every other way shut.
alter table worker.leases enable row level security;
alter table worker.workers enable row level security;
grant select, insert, update, delete on worker.leases, worker.workers to service_role;

-- Bookkeeping ----------------------------------------------------------------------------------------------------

-- Security definer: an update by hand must reach the leases, which its author cannot.
create function private.keep_request() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_by_hand boolean := false;
begin
  new.version := old.version + 1;
  new.updated_at := worker.now();

  if old.status <> 'processing' and new.status = 'processing' then
    if not exists (select from worker.leases where task_id = new.id) then
      raise exception 'Only a worker can take a task.'
        using errcode = '22023', hint = 'Set status to pending to have it run again.';
    end if;
  elsif old.status = 'processing' and new.status <> 'processing' then
    -- The verbs have given the lease back before they come here.
    delete from worker.leases where task_id = new.id;
    v_by_hand := found;
  end if;

  if new.status in ('pending', 'scheduled') and (v_by_hand or old.finished_at is not null) then
    new.life := old.life + 1;
    new.attempt := 0;
    new.crash_count := 0;
    new.response_payload := null;
    new.error := null;
    new.cancel_requested_at := null;
    new.started_at := null;
  end if;
  if new.status = 'pending' then
    new.run_at := case when new.life > old.life then new.updated_at else least(new.run_at, new.updated_at) end;
  end if;

  new.finished_at := case
    when new.status in ('completed', 'failed', 'cancelled') then coalesce(new.finished_at, new.updated_at)
  end;
  return new;
end
$$;

create trigger keep_request before update on public.agent_task_requests
  for each row execute function private.keep_request();

-- Wake -----------------------------------------------------------------------------------------------------------

-- Tells workers at once, over both ways that they may hear by. A NOTIFY makes commits queue behind one lock, so it is
-- sent only to those who wait for it. Who waits is read when the row is written: a transaction that commits later, when
-- a busy worker has become idle, is found by that worker's next poll.
create function private.tell_workers(p_event text, p_task uuid, p_idle_only boolean) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_hears text;
begin
  for v_hears in
    select distinct hears from worker.workers
    where (idle or not p_idle_only) and beat_at > worker.now() - interval '1 minute'
  loop
    if v_hears = 'postgres' then
      perform pg_notify('agent_tasks', jsonb_build_object('event', p_event, 'task_id', p_task)::text);
    else
      perform realtime.send(jsonb_build_object('task_id', p_task), p_event, 'agent_tasks', true);
    end if;
  end loop;
end
$$;

create function private.wake_workers() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Once a transaction: hundreds of tasks may fall due in one, and a broadcast costs money where Realtime is hosted.
  if current_setting('worker.woken_in', true) is distinct from pg_current_xact_id()::text then
    perform set_config('worker.woken_in', pg_current_xact_id()::text, true);
    perform private.tell_workers('wake', null, true);
  end if;
  return null;
end
$$;

create function private.pass_cancel_on() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.tell_workers('cancel', new.id, false);
  return null;
end
$$;

create trigger wake_on_insert after insert on public.agent_task_requests
  for each statement execute function private.wake_workers();
create trigger wake_on_pending after update on public.agent_task_requests
  for each row when (new.status = 'pending' and old.status <> 'pending') execute function private.wake_workers();
create trigger pass_cancel_on after update on public.agent_task_requests
  for each row when (new.status = 'processing' and new.cancel_requested_at is not null and old.cancel_requested_at is null)
  execute function private.pass_cancel_on();

-- Verbs of the worker --------------------------------------------------------------------------------------------

create function worker.leave(p_worker uuid) returns void
language sql set search_path = ''
as $$
  delete from worker.workers where id = p_worker
$$;

create function private.promote_due(p_limit integer) returns void
language sql set search_path = ''
as $$
  update public.agent_task_requests set status = 'pending'
  where id = any (array(
    select id from public.agent_task_requests
    -- As a subquery the clock is read once and the index is used; bare, it would be called for every row.
    where status = 'scheduled' and run_at <= (select worker.now())
    order by run_at limit p_limit for no key update skip locked))
$$;

-- Takes up to p_slots requests of p_kinds (null: of any kind) for p_lease_seconds. Fewer than asked for means that the
-- queue is empty: the worker is then on record as idle, and the next insert wakes it.
create function worker.claim(p_worker uuid, p_slots integer, p_lease_seconds integer, p_kinds text[] default null)
returns table (
  task_id uuid, lease_id uuid, kind text, life integer, attempt integer, max_attempts integer,
  user_id uuid, enterprise_id uuid, request_payload jsonb, waited_seconds double precision
)
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
declare
  v_ids uuid[];
begin
  perform private.promote_due(100);

  v_ids := array(
    select r.id from public.agent_task_requests r
    where r.status = 'pending' and (p_kinds is null or r.kind = any (p_kinds))
    order by r.priority desc, r.run_at, r.id
    limit p_slots for no key update skip locked);

  update worker.workers w
  set idle = cardinality(v_ids) < p_slots, beat_at = worker.now()
  where w.id = p_worker
    and (w.idle <> (cardinality(v_ids) < p_slots) or w.beat_at < worker.now() - interval '5 seconds');

  insert into worker.leases (task_id, worker_id, expires_at)
  select id, p_worker, worker.now() + make_interval(secs => p_lease_seconds) from unnest(v_ids) id;

  return query
    update public.agent_task_requests r
    set status = 'processing', attempt = r.attempt + 1, started_at = coalesce(r.started_at, worker.now())
    from worker.leases l
    where r.id = any (v_ids) and l.task_id = r.id
    returning r.id, l.id, r.kind, r.life, r.attempt::integer, r.max_attempts::integer,
      r.user_id, r.enterprise_id, r.request_payload,
      extract(epoch from worker.now() - r.run_at)::double precision;
end
$$;

-- Says who the worker is each time, so that one whose record was removed (it slept for days) is on record again.
-- Verdicts come back by lease: of a task that was reset by hand, the worker may hold an old lease and the new one.
create function worker.beat(
  p_worker uuid, p_host text, p_version text, p_hears text, p_tasks uuid[], p_leases uuid[], p_lease_seconds integer
)
returns table (lease_id uuid, verdict text)
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
begin
  insert into worker.workers (id, host, version, hears, in_flight, started_at, beat_at)
  values (p_worker, p_host, p_version, p_hears, cardinality(p_tasks), worker.now(), worker.now())
  on conflict (id) do update
    set hears = excluded.hears, in_flight = excluded.in_flight, beat_at = excluded.beat_at;
  return query
    with held as materialized (
      select h.task_id, h.lease_id from unnest(p_tasks, p_leases) h (task_id, lease_id)
    ), locked as materialized (
      select l.task_id from held h join worker.leases l on l.task_id = h.task_id and l.id = h.lease_id
      order by l.task_id for no key update of l
    ), kept as (
      update worker.leases l set expires_at = worker.now() + make_interval(secs => p_lease_seconds)
      from locked where l.task_id = locked.task_id
      returning l.id, l.task_id
    )
    select h.lease_id, case when k.task_id is null then 'lost' when r.cancel_requested_at is not null then 'cancel' else 'ok' end
    from held h
    left join kept k on k.id = h.lease_id
    left join public.agent_task_requests r on r.id = h.task_id;
end
$$;

-- Full jitter: with a random part of the whole span, tasks that failed together do not come back together.
create function private.retry_delay(p_attempt integer) returns interval
language sql volatile set search_path = ''
as $$
  select make_interval(secs => random() * least(300, 2 * power(2, least(p_attempt, 20) - 1)))
$$;

-- Ends one attempt. p_detail by outcome: completed {response}; failed {error}; retry {error, after_seconds?};
-- cancelled {response?} (what was there when it stopped); released {}. Returns the new status, or 'lost'.
create function private.settle_one(p_task uuid, p_lease uuid, p_outcome text, p_detail jsonb) returns text
language plpgsql set search_path = ''
as $$
declare
  v_task public.agent_task_requests;
  v_status text := p_outcome;
  v_error jsonb := p_detail -> 'error';
  v_response jsonb := nullif(p_detail -> 'response', 'null');
begin
  if p_outcome is null or p_outcome not in ('completed', 'failed', 'retry', 'cancelled', 'released') then
    raise exception 'An attempt cannot end as "%".', p_outcome using errcode = '22023';
  end if;
  select * into v_task from public.agent_task_requests where id = p_task for no key update;
  delete from worker.leases where task_id = p_task and id = p_lease;
  if not found then
    return 'lost';
  end if;

  if p_outcome in ('retry', 'released') and v_task.cancel_requested_at is not null then
    v_status := 'cancelled';
    v_error := null;
  elsif p_outcome = 'retry' then
    v_status := case when v_task.attempt >= v_task.max_attempts then 'failed' else 'scheduled' end;
  elsif p_outcome = 'released' then
    v_status := 'pending';
  elsif octet_length(v_response::text) > 262144 then
    v_response := null;
    if p_outcome = 'completed' then
      v_status := 'failed';
      v_error := jsonb_build_object('code', 'response_too_large', 'retryable', false,
        'message', 'The answer is larger than 256 KiB. Ask for less, or have the pipeline store it and answer with its id.');
    end if;
  end if;

  update public.agent_task_requests
  set status = v_status,
    response_payload = v_response,
    error = v_error,
    attempt = case when p_outcome = 'released' then greatest(v_task.attempt - 1, 0) else v_task.attempt end,
    run_at = case
      when v_status = 'scheduled' then worker.now() + greatest(
        private.retry_delay(v_task.attempt), make_interval(secs => coalesce((p_detail ->> 'after_seconds')::double precision, 0)))
      else v_task.run_at
    end
  where id = p_task;
  return v_status;
end
$$;

create function worker.settle(p_tasks uuid[], p_leases uuid[], p_outcomes text[], p_details jsonb[])
returns table (lease_id uuid, status text)
language sql volatile set search_path = ''
as $$
  -- In the order of ids, so that two settling workers cannot lock each other out.
  select s.lease_id, private.settle_one(s.task_id, s.lease_id, s.outcome, s.detail)
  from (
    select * from unnest(p_tasks, p_leases, p_outcomes, p_details) u (task_id, lease_id, outcome, detail)
    order by u.task_id
  ) s
$$;

-- A lease that ran out means that its worker died or froze. The task goes back: at once the first time, later the
-- second; a third crash ends it, so that a task which kills its workers cannot do so for ever.
create function worker.reap(p_limit integer) returns table (task_id uuid, status text)
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
declare
  v_ids uuid[];
begin
  v_ids := array(
    select r.id from worker.leases l join public.agent_task_requests r on r.id = l.task_id
    where l.expires_at < (select worker.now()) order by r.id limit p_limit for no key update of r skip locked);
  perform from worker.leases l where l.task_id = any (v_ids) order by l.task_id for update;

  -- Checked once more under the lock: a beat may have come in between.
  with dropped as (
    delete from worker.leases l where l.task_id = any (v_ids) and l.expires_at < worker.now() returning l.task_id
  )
  select coalesce(array_agg(task_id), '{}') into v_ids from dropped;

  return query
    update public.agent_task_requests r
    set crash_count = r.crash_count + 1,
      status = case
        when r.cancel_requested_at is not null then 'cancelled'
        when r.crash_count >= 2 or r.attempt >= r.max_attempts then 'failed'
        when r.crash_count = 1 then 'scheduled'
        else 'pending'
      end,
      run_at = case when r.crash_count = 1 then worker.now() + interval '10 seconds' else r.run_at end,
      error = case
        when r.cancel_requested_at is not null then null
        else jsonb_build_object('code', 'worker_lost', 'retryable', r.crash_count < 2 and r.attempt < r.max_attempts,
          'message', 'The worker stopped while it ran this task. If this repeats, the task itself may be what stops it.')
      end
    where r.id = any (v_ids)
    returning r.id, r.status::text;
end
$$;

create function worker.stats() returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'depth', coalesce((
      select jsonb_agg(jsonb_build_object('kind', kind, 'status', status, 'tasks', tasks) order by kind, status)
      from (select kind, status, count(*) as tasks from public.agent_task_requests group by 1, 2) d), '[]'),
    'oldest_pending_seconds', (
      select extract(epoch from worker.now() - min(run_at)) from public.agent_task_requests where status = 'pending'),
    'stuck', (select count(*) from worker.leases where expires_at < worker.now()),
    'workers', coalesce((
      select jsonb_agg(jsonb_build_object('id', id, 'host', host, 'version', version, 'hears', hears, 'idle', idle,
        'in_flight', in_flight, 'beat_age_seconds', extract(epoch from worker.now() - beat_at)) order by started_at)
      from worker.workers where beat_at > worker.now() - interval '1 minute'), '[]')
  )
$$;

-- Verbs of the user ----------------------------------------------------------------------------------------------

-- The request, locked, if the caller may act on it; otherwise as if it were not there. The service key and the
-- dashboard, which is `postgres` and has taken on no role, may act on all.
-- Security definer: locking a row takes the right to update it, which users do not have.
create function private.lock_own_request(p_task uuid) returns public.agent_task_requests
language plpgsql security definer set search_path = ''
as $$
declare
  v_task public.agent_task_requests;
begin
  select * into v_task from public.agent_task_requests r
  where r.id = p_task and (
    r.user_id = (select auth.uid())
    or r.enterprise_id in (select private.my_admin_enterprises())
    or (select private.is_platform_admin())
    or case current_setting('role') when 'none' then session_user else current_setting('role') end
      in ('service_role', 'postgres'))
  for no key update;
  if not found then
    raise exception 'There is no task % that you may act on.', p_task using errcode = '42501';
  end if;
  return v_task;
end
$$;

-- Stops a task. One that waits ends at once; one that runs is told to stop and keeps what it has written so far.
-- An ended task stays as it is. Returns the row as it is now.
-- Security definer: users may not update requests; this is the one change they may ask for.
create function public.cancel_agent_task(task_id uuid) returns public.agent_task_requests
language plpgsql security definer set search_path = ''
as $$
declare
  v_task public.agent_task_requests := private.lock_own_request(task_id);
begin
  if v_task.status in ('pending', 'scheduled') then
    update public.agent_task_requests set status = 'cancelled', error = null, cancel_requested_at = worker.now()
    where id = v_task.id returning * into v_task;
  elsif v_task.status = 'processing' and v_task.cancel_requested_at is null then
    update public.agent_task_requests set cancel_requested_at = worker.now()
    where id = v_task.id returning * into v_task;
  end if;
  return v_task;
end
$$;

-- Starts a failed or cancelled task again, as a new life of the same row. Returns the row as it is now.
-- Security definer: as above.
create function public.retry_agent_task(task_id uuid) returns public.agent_task_requests
language plpgsql security definer set search_path = ''
as $$
declare
  v_task public.agent_task_requests := private.lock_own_request(task_id);
begin
  if v_task.status not in ('failed', 'cancelled') then
    raise exception 'Only a failed or cancelled task can be retried; this one is %.', v_task.status
      using errcode = '22023', hint = 'Submit a new task instead.';
  end if;
  -- Whoever has left an enterprise may stop an old task there, but not have it run at its cost again.
  if v_task.user_id = (select auth.uid()) and v_task.enterprise_id is not null
    and v_task.enterprise_id not in (select private.my_enterprises()) and not (select private.is_platform_admin())
  then
    raise exception 'You no longer belong to the enterprise of this task.'
      using errcode = '42501', hint = 'Submit a new task of your own.';
  end if;
  if v_task.user_id is not null then
    perform private.check_room_in_queue(v_task.user_id);
  end if;
  update public.agent_task_requests set status = 'pending' where id = v_task.id returning * into v_task;
  return v_task;
end
$$;

revoke execute on function public.cancel_agent_task, public.retry_agent_task from public, anon;
grant execute on function public.cancel_agent_task, public.retry_agent_task to authenticated, service_role;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.promote_due, private.settle_one, private.retry_delay to service_role;
