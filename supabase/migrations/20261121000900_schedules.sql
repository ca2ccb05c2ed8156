-- Schedules: tasks that submit themselves.
--
-- A schedule says, in cron's five fields and a time zone, when its owner wants a task. Each moment that it names is a
-- tick, and each tick makes exactly one request, in the owner's name, however many workers there are. The database has no
-- cron parser: a worker reads what is due, works out the ticks, and hands them in.
--
-- States, as its columns tell them:
--   next_at null ──(a worker looks)──▶ next_at ──(due: a worker hands in the ticks)──▶ next_at, later
--   paused_at set: no ticks. By its user, or by the queue, and then `error` says why. Whoever resumes it sets paused_at to null.
-- A change of cron or time zone is a new beginning: its ticks count from then on, and what the old one missed is dropped.
--
-- Backfill: what becomes of ticks that were missed, while no worker ran or while the schedule was paused.
--   skip     none is made up for: a tick makes a task if a worker sees it within five minutes, and before the next tick
--   latest   only the last one is made up for (the default)
--   all      each one, the oldest first, a hundred in a round
--
-- Exactly once: the worker names the `version` of the schedule from which it worked the ticks out. Every update raises
-- it, so of several workers the first one wins, and ticks of an expression that was edited meanwhile are refused. (A
-- comparison of next_at would not do: it is null before an edit and after it.) Behind that, a unique index over schedule
-- and tick. A worker that dies between reading and handing in has done nothing; another one looks again.
--
-- Errors of a schedule {code, message}:
--   queue_full          its owner has too many unfinished tasks; tried again each minute, no tick is lost to `latest` and `all`
--   owner_left          pauses it: its owner no longer belongs to the enterprise
--   invalid_cron, invalid_time_zone   pause it: the worker cannot read it, or it names no moment that ever comes
--   request_refused     pauses it: the database does not take its request
-- Errors raised: 22023 the schedule is malformed · 23514 a named limit · PT429 too many schedules · 42501 not allowed.
--
-- Verbs of the worker:
--   due_schedules(limit)                           what has to be looked at, and the time
--   tick_schedule(schedule, version, ticks, …)     make the tasks of these ticks
--   refuse_schedule(schedule, version, …)          pause one that cannot be read

create table public.agent_task_schedules (
  id uuid primary key default gen_random_uuid(),
  enterprise_id uuid references public.enterprises on delete cascade,
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  name text not null constraint schedule_has_a_name check (length(name) between 1 and 200),
  -- Only what every reader takes alike: no seconds, no years, and no "?", which means the moment of reading.
  cron text not null constraint cron_has_five_fields
    check (length(cron) <= 200 and cron ~ '^[0-9A-Za-z*/,#+-]+( [0-9A-Za-z*/,#+-]+){4}$'),
  time_zone text not null default 'UTC',
  kind text not null default 'assistant'
    constraint kind_is_a_lower_case_name check (kind ~ '^[a-z][a-z0-9_-]{0,62}$'),
  request_payload jsonb not null default '{}',
  priority smallint not null default 0 constraint priority_is_from_0_to_9 check (priority between 0 and 9),
  backfill text not null default 'latest' constraint backfill_is_known check (backfill in ('skip', 'latest', 'all')),
  paused_at timestamptz,
  next_at timestamptz,
  last_at timestamptz,
  ticked_to timestamptz not null default now(),
  error jsonb,
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on column public.agent_task_schedules.cron is 'Minute, hour, day of month, month, day of week.';
comment on column public.agent_task_schedules.time_zone is 'A name of the IANA database, such as Europe/Berlin.';
comment on column public.agent_task_schedules.next_at is
  'When a worker looks at it next: its next tick, or the next try after a refusal. Null: as soon as possible, or never while paused.';
comment on column public.agent_task_schedules.last_at is 'The latest tick that made a task.';
comment on column public.agent_task_schedules.ticked_to is 'Every tick up to this moment has been dealt with.';
comment on column public.agent_task_schedules.error is '{code, message} of the last look at it; null when that went well.';

create index schedules_of_user on public.agent_task_schedules (user_id);
create index schedules_of_enterprise on public.agent_task_schedules (enterprise_id);
create index schedules_due on public.agent_task_schedules (coalesce(next_at, '-infinity')) where paused_at is null;

-- The tasks of a schedule. No foreign key, because it would write to every task that a schedule ever made when a user
-- deletes it: thousands of locks, and as many events to browsers. The id of a schedule that is gone does no harm.
alter table public.agent_task_requests
  add column schedule_id uuid,
  add column scheduled_for timestamptz,
  add constraint scheduled_tasks_have_their_tick check (schedule_id is null or scheduled_for is not null);

comment on column public.agent_task_requests.schedule_id is 'The schedule that made it; that one may be gone.';
comment on column public.agent_task_requests.scheduled_for is 'The tick of the schedule, which the task may run later than.';

-- Partial, so that all other requests, which are most, have no entry that each of their updates would have to repeat.
create unique index requests_of_schedule on public.agent_task_requests (schedule_id, scheduled_for)
  where schedule_id is not null;

-- Bookkeeping ----------------------------------------------------------------------------------------------------

create function private.check_time_zone(p_time_zone text) returns void
language plpgsql stable set search_path = ''
as $$
begin
  -- The view reads a folder of files, so the commonest name does not come here. `at time zone` would be faster, but takes
  -- "Foo/Bar+3" for a zone of its own.
  if p_time_zone <> 'UTC' and not exists (select from pg_catalog.pg_timezone_names where name = p_time_zone) then
    raise exception 'There is no time zone "%".', left(p_time_zone, 100)
      using errcode = '22023', hint = 'Send a name of the IANA database, such as "Europe/Berlin", or "UTC".';
  end if;
end
$$;

-- No user may keep more than this many schedules: each can fill the queue and costs money while nobody looks.
create function private.check_room_for_schedule(p_user uuid) returns void
language plpgsql stable set search_path = ''
as $$
declare
  c_most constant integer := 50;
begin
  if (select count(*) from public.agent_task_schedules where user_id = p_user) >= c_most then
    raise exception 'You have % schedules, which is the limit.', c_most
      using errcode = 'PT429', hint = 'Delete one that you no longer need.';
  end if;
end
$$;

-- Security definer: it reads the worker's clock, and counts the user's schedules past row-level security.
create function private.keep_schedule() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_now constant timestamptz := worker.now();
  v_begins boolean;
begin
  if tg_op = 'INSERT' then
    -- Another user's count is nobody's business; the policy refuses such a row in any case.
    if new.user_id = coalesce((select auth.uid()), new.user_id) then
      perform private.check_room_for_schedule(new.user_id);
    end if;
    perform private.check_time_zone(new.time_zone);
    perform private.check_request_payload(new.request_payload);
    new.version := 1;
    new.created_at := v_now;
    new.ticked_to := v_now;
    new.next_at := null;
    new.last_at := null;
    new.error := null;
    new.paused_at := case when new.paused_at is not null then v_now end;
  else
    if new.time_zone <> old.time_zone then
      perform private.check_time_zone(new.time_zone);
    end if;
    if new.request_payload is distinct from old.request_payload then
      perform private.check_request_payload(new.request_payload);
    end if;
    new.version := old.version + 1;
    new.paused_at := case when new.paused_at is not null then coalesce(old.paused_at, v_now) end;
    v_begins := new.cron <> old.cron or new.time_zone <> old.time_zone;
    if v_begins or (old.paused_at is not null and new.paused_at is null and new.backfill = 'skip') then
      new.ticked_to := v_now;
    end if;
    if v_begins or new.backfill <> old.backfill or (old.paused_at is not null and new.paused_at is null) then
      new.next_at := null;
      new.error := null;
    end if;
  end if;
  if new.paused_at is not null then
    new.next_at := null;
  end if;
  new.updated_at := v_now;
  return new;
end
$$;

create trigger keep_schedule before insert or update on public.agent_task_schedules
  for each row execute function private.keep_schedule();

-- Rights ---------------------------------------------------------------------------------------------------------

-- What a schedule is for and whose it is stays as it was made: nobody's tasks can be moved to another enterprise, and no
-- admin can write what is submitted in a member's name. Whoever has left an enterprise still sees and may delete an own
-- schedule there, but not change it.
alter table public.agent_task_schedules enable row level security;
revoke all on public.agent_task_schedules from anon, authenticated;
grant select, delete on public.agent_task_schedules to authenticated;
grant insert (id, enterprise_id, user_id, name, cron, time_zone, kind, request_payload, priority, backfill, paused_at)
  on public.agent_task_schedules to authenticated;
grant update (name, cron, time_zone, kind, request_payload, priority, backfill, paused_at)
  on public.agent_task_schedules to authenticated;
grant all on public.agent_task_schedules to service_role;

create policy "see own schedules, and as an admin those of others" on public.agent_task_schedules
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or enterprise_id in (select private.my_admin_enterprises())
    or (select private.is_platform_admin())
  );

create policy "schedule in one's own name, for an own enterprise or none" on public.agent_task_schedules
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and (enterprise_id is null or enterprise_id in (select private.my_enterprises()))
  );

create policy "change own schedules, for an own enterprise or none" on public.agent_task_schedules
  for update to authenticated
  using (
    user_id = (select auth.uid())
    and (enterprise_id is null or enterprise_id in (select private.my_enterprises()))
  );

create policy "delete own schedules" on public.agent_task_schedules for delete to authenticated
  using (user_id = (select auth.uid()));

-- Verbs of the worker --------------------------------------------------------------------------------------------

-- What a worker has to look at, and what time it is: only the database's clock decides. The longest due comes first; one
-- that was refused, or has more to make up for, goes to the end, so that none can hold up the others.
create function worker.due_schedules(p_limit integer)
returns table (
  id uuid, version bigint, cron text, time_zone text, backfill text, ticked_to timestamptz, now timestamptz
)
language sql volatile set search_path = ''
as $$
  select s.id, s.version, s.cron, s.time_zone, s.backfill, s.ticked_to, (select worker.now())
  from public.agent_task_schedules s
  where s.paused_at is null and coalesce(s.next_at, '-infinity') <= (select worker.now())
  order by coalesce(s.next_at, '-infinity') limit p_limit
$$;

-- Whether the user may submit for the enterprise. The answer stays true until the transaction ends.
-- These are the rows that the foreign keys of a request lock; they come before the schedule, because whoever deletes a
-- user or an enterprise locks in this order, too.
-- Security definer: the service role has no access to auth.users.
create function private.hold_owner(p_user uuid, p_enterprise uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  perform from auth.users where id = p_user for key share;
  if p_enterprise is null then
    return true;
  end if;
  perform from public.enterprises where id = p_enterprise for key share;
  perform from public.enterprise_members where enterprise_id = p_enterprise and user_id = p_user for key share;
  return found;
end
$$;

-- Makes one request of each of p_ticks, which p_version of the schedule names and which come in order; then everything up
-- to p_to is dealt with, and p_next comes next. Returns how many it made: 0 when another worker was faster, or the
-- schedule was edited, paused or deleted meanwhile.
create function worker.tick_schedule(
  p_schedule uuid, p_version bigint, p_ticks timestamptz[], p_to timestamptz, p_next timestamptz
)
returns integer
language plpgsql set search_path = ''
as $$
declare
  v_schedule public.agent_task_schedules;
  v_belongs boolean;
  v_tick timestamptz;
  v_last timestamptz;
  v_made integer := 0;
  v_error jsonb;
  v_pause boolean := false;
begin
  select * into v_schedule from public.agent_task_schedules where id = p_schedule and version = p_version;
  v_belongs := private.hold_owner(v_schedule.user_id, v_schedule.enterprise_id);
  -- Whoever holds the row is a worker that makes these tasks, or a user who edits it: there is nothing to wait for.
  perform from public.agent_task_schedules
  where id = p_schedule and version = p_version and paused_at is null for no key update skip locked;
  if not found then
    return 0;
  end if;

  if not v_belongs then
    perform private.pause_schedule(p_schedule, 'owner_left',
      'Its owner no longer belongs to the enterprise, so nothing is submitted there any more.');
    return 0;
  end if;

  foreach v_tick in array p_ticks loop
    begin
      insert into public.agent_task_requests
        (enterprise_id, user_id, kind, priority, request_payload, schedule_id, scheduled_for)
      values (v_schedule.enterprise_id, v_schedule.user_id, v_schedule.kind, v_schedule.priority,
        v_schedule.request_payload, p_schedule, v_tick)
      on conflict (schedule_id, scheduled_for) where schedule_id is not null do nothing;
      v_made := v_made + case when found then 1 else 0 end;
      v_last := v_tick;
    exception
      when sqlstate 'PT429' then
        v_error := jsonb_build_object('code', 'queue_full', 'message', sqlerrm || ' This is tried again each minute.');
        exit;
      when invalid_parameter_value or check_violation then
        v_error := jsonb_build_object('code', 'request_refused', 'message', sqlerrm);
        v_pause := true;
        exit;
    end;
  end loop;

  -- Stopped half-way, the ticks that are left are worked out again from the last one that made its task.
  update public.agent_task_schedules
  set last_at = coalesce(v_last, last_at),
    ticked_to = case when v_error is null then p_to else coalesce(v_last, ticked_to) end,
    next_at = case when v_error is null then greatest(p_next, worker.now()) else worker.now() + interval '1 minute' end,
    error = v_error,
    paused_at = case when v_pause then worker.now() end
  where id = p_schedule;
  return v_made;
end
$$;

create function private.pause_schedule(p_schedule uuid, p_code text, p_message text) returns void
language sql set search_path = ''
as $$
  update public.agent_task_schedules
  set paused_at = worker.now(), error = jsonb_build_object('code', p_code, 'message', p_message)
  where id = p_schedule
$$;

-- Pauses a schedule that the worker cannot read. Tells whether it did: not when it was edited meanwhile.
create function worker.refuse_schedule(p_schedule uuid, p_version bigint, p_code text, p_message text) returns boolean
language plpgsql set search_path = ''
as $$
begin
  perform from public.agent_task_schedules
  where id = p_schedule and version = p_version and paused_at is null for no key update skip locked;
  if not found then
    return false;
  end if;
  perform private.pause_schedule(p_schedule, p_code, p_message);
  return true;
end
$$;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.hold_owner, private.pause_schedule to service_role;
