-- Lifecycle: what a request may say about its own life, and what becomes of those that fail.
--
--   deadline_at       not after this moment: it ends as failed with the code deadline_exceeded, and keeps what is there
--   idempotency_key   the same key of the same submitter is the same task; submit_agent_task returns its row
--   supersede_key     submitting it cancels the submitter's unfinished tasks of that kind with the same key
--   parent_id         a task made by another one, which may wait for it: processing ──▶ waiting ──(all ended)──▶ pending
--
-- A task that has failed leaves a dead letter until it is retried, so that admins find it without reading all history.
--
-- Errors: PT409 an idempotency key was used for something else · 22023 malformed.

alter table public.agent_task_requests
  add column deadline_at timestamptz,
  add column idempotency_key text
    constraint idempotency_key_is_short check (length(idempotency_key) between 1 and 200),
  add column supersede_key text
    constraint supersede_key_is_short check (length(supersede_key) between 1 and 200),
  add column parent_id uuid references public.agent_task_requests on delete cascade,
  add column snooze_count smallint not null default 0,
  -- Checked at every update, at a cost that grows with the payload; admit_request and keep_request see to them now.
  drop constraint kind_is_a_lower_case_name,
  drop constraint request_payload_is_an_object,
  drop constraint status_is_known,
  add constraint status_is_known
    check (status in ('scheduled', 'pending', 'processing', 'waiting', 'completed', 'failed', 'cancelled'));

comment on column public.agent_task_requests.snooze_count is 'How often the provider asked to come back later; those attempts do not count.';

-- Two submitters never meet in one key. Rows without a user come from servers, which share their enterprise's keys.
create unique index requests_by_idempotency_key on public.agent_task_requests (user_id, enterprise_id, idempotency_key)
  nulls not distinct where idempotency_key is not null;
create index requests_by_supersede_key on public.agent_task_requests (user_id, supersede_key)
  where supersede_key is not null;
create index requests_of_parent on public.agent_task_requests (parent_id) where parent_id is not null;
-- The newest tasks of all, for platform admins; the oldest, for those who prune.
create index requests_by_age on public.agent_task_requests (created_at, id);

grant insert (deadline_at, idempotency_key, supersede_key) on public.agent_task_requests to authenticated;

-- Dead letters ---------------------------------------------------------------------------------------------------

create table public.agent_task_dead_letters (
  task_id uuid primary key references public.agent_task_requests on delete cascade,
  enterprise_id uuid,
  kind text not null,
  code text not null,
  failed_at timestamptz not null
);
create index dead_letters_by_time on public.agent_task_dead_letters (failed_at);
comment on table public.agent_task_dead_letters is
  'The tasks that are failed at this moment; code is that of their error. The request has the rest.';

alter table public.agent_task_dead_letters enable row level security;
revoke all on public.agent_task_dead_letters from anon, authenticated;
grant select on public.agent_task_dead_letters to authenticated;
grant all on public.agent_task_dead_letters to service_role;

create policy "admins see the dead letters of their enterprise" on public.agent_task_dead_letters
  for select to authenticated
  using (enterprise_id in (select private.my_admin_enterprises()) or (select private.is_platform_admin()));

-- Security definer: whoever fails or retries a task has no right to write letters.
create function private.keep_dead_letter() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.status = 'failed' then
    insert into public.agent_task_dead_letters (task_id, enterprise_id, kind, code, failed_at)
    values (new.id, new.enterprise_id, new.kind, coalesce(new.error ->> 'code', 'unknown'), new.finished_at)
    on conflict (task_id) do nothing;
  else
    delete from public.agent_task_dead_letters where task_id = new.id;
  end if;
  return null;
end
$$;

create trigger keep_dead_letter after update on public.agent_task_requests
  for each row when ((new.status = 'failed') <> (old.status = 'failed')) execute function private.keep_dead_letter();

insert into public.agent_task_dead_letters (task_id, enterprise_id, kind, code, failed_at)
select id, enterprise_id, kind, coalesce(error ->> 'code', 'unknown'), finished_at
from public.agent_task_requests where status = 'failed';

-- Submitting -----------------------------------------------------------------------------------------------------

create function private.check_kind(p_kind text) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if p_kind !~ '^[a-z][a-z0-9_-]{0,62}$' then
    raise exception '"%" cannot be the name of a kind.', left(p_kind, 100)
      using errcode = '23514', hint = 'Use lower-case letters, digits, - and _, beginning with a letter, 63 at most.';
  end if;
end
$$;

-- Replaces the one of "requests": small payloads, which can be neither too long nor too deep, are not read through.
create or replace function private.check_request_payload(p_payload jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if jsonb_typeof(p_payload) is distinct from 'object' then
    raise exception 'request_payload must be a JSON object.'
      using errcode = '22023', hint = 'For the kind "assistant" send {"prompt": "your question"}.';
  elsif pg_column_size(p_payload) > 10000 and octet_length(p_payload::text) > 262144 then
    raise exception 'request_payload has % bytes; at most 262144 (256 KiB) are taken.', octet_length(p_payload::text)
      using errcode = '22023', hint = 'Store large inputs in a table or in Storage and send their ids.';
  elsif pg_column_size(p_payload) > 200 and jsonb_path_exists(p_payload, '$.**{33}') then
    raise exception 'request_payload is nested deeper than 32 levels.'
      using errcode = '22023', hint = 'Flatten it.';
  end if;
end
$$;

-- Replaces the one of "requests": it also judges and resets the new columns.
create or replace function private.admit_request() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.check_kind(new.kind);
  if new.status not in ('pending', 'scheduled') then
    raise exception 'A new task cannot start as "%".', new.status
      using errcode = '22023', hint = 'Leave status out, or set it to pending.';
  end if;
  if new.run_at = 'infinity' then
    raise exception 'run_at must be a moment.' using errcode = '22023', hint = 'Leave it out to have the task run at once.';
  end if;
  perform private.check_request_payload(new.request_payload);
  new.created_at := worker.now();
  new.updated_at := new.created_at;
  new.run_at := greatest(new.run_at, new.created_at);
  if new.deadline_at <= new.run_at then
    raise exception 'The deadline % is over before the task may run.', new.deadline_at
      using errcode = '22023', hint = 'Set deadline_at later than now and later than run_at.';
  end if;
  new.status := case when new.run_at > new.created_at then 'scheduled' else 'pending' end;
  new.life := 1;
  new.attempt := 0;
  new.crash_count := 0;
  new.snooze_count := 0;
  new.version := 1;
  new.response_payload := null;
  new.error := null;
  new.cancel_requested_at := null;
  new.started_at := null;
  new.finished_at := null;
  return new;
end
$$;

-- Submits a task in the caller's name and returns its row. With an idempotency key that the caller has used before it
-- returns that task as it is now, if kind and payload are the same, and otherwise refuses (PT409).
create function public.submit_agent_task(
  request_payload jsonb,
  kind text default 'assistant',
  enterprise_id uuid default null,
  priority integer default 0,
  run_at timestamptz default null,
  deadline_at timestamptz default null,
  idempotency_key text default null,
  supersede_key text default null
)
returns public.agent_task_requests
language plpgsql set search_path = ''
as $$
#variable_conflict use_variable
declare
  -- Some gateways hand a jsonb argument over as text inside of a JSON string.
  v_payload constant jsonb :=
    case jsonb_typeof(request_payload) when 'string' then (request_payload #>> '{}')::jsonb else request_payload end;
  v_task public.agent_task_requests;
begin
  for v_try in 1..2 loop
    if idempotency_key is not null then
      select * into v_task from public.agent_task_requests r
      where r.user_id is not distinct from (select auth.uid())
        and r.enterprise_id is not distinct from submit_agent_task.enterprise_id
        and r.idempotency_key = submit_agent_task.idempotency_key;
      if found and (v_task.kind, v_task.request_payload) is distinct from (kind, v_payload) then
        raise exception 'The idempotency key "%" belongs to task %, which asks for something else.', idempotency_key, v_task.id
          using errcode = 'PT409', hint = 'Use a new key for a new request.';
      end if;
      exit when found;
    end if;
    insert into public.agent_task_requests as r
      (kind, request_payload, enterprise_id, priority, run_at, deadline_at, idempotency_key, supersede_key)
    values
      (kind, v_payload, enterprise_id, priority, coalesce(run_at, '-infinity'), deadline_at, idempotency_key, supersede_key)
    on conflict do nothing
    returning r.* into v_task;
    -- Another session may have used the key in between; the second look finds its row.
    exit when found;
  end loop;
  return v_task;
end
$$;

revoke execute on function public.submit_agent_task from public, anon;
grant execute on function public.submit_agent_task to authenticated, service_role;

-- Families -------------------------------------------------------------------------------------------------------

-- Refuses the caller who may not act on each of these tasks, as if they were not there.
-- Security definer: it must see the tasks of others to refuse them.
create function private.check_may_act(p_tasks uuid[]) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_missing uuid;
begin
  select t.id into v_missing
  from unnest(p_tasks) t (id) left join public.agent_task_requests r on r.id = t.id
  where not coalesce(
    r.id is not null and (
      r.user_id = (select auth.uid())
      or r.enterprise_id in (select private.my_admin_enterprises())
      or (select private.is_platform_admin())
      or private.is_server()), false)
  limit 1;
  if found then
    raise exception 'There is no task % that you may act on.', v_missing using errcode = '42501';
  end if;
end
$$;

-- `postgres` for the dashboard, which has taken on no role.
create function private.role_of_caller() returns text
language sql stable set search_path = ''
as $$
  select case current_setting('role') when 'none' then session_user::text else current_setting('role') end
$$;

create function private.is_server() returns boolean
language sql stable set search_path = ''
as $$
  select private.role_of_caller() in ('service_role', 'postgres')
$$;

-- Cancels tasks and their descendants. Those that wait end at once; those that run are told to stop.
create function private.cancel_all(p_tasks uuid[]) returns void
language plpgsql set search_path = ''
as $$
declare
  v_family uuid[];
  v_locked integer := 0;
begin
  -- A child may be made while we wait for a lock, so the family is read until it stays the same.
  loop
    with recursive family as (
      select unnest(p_tasks) as id
      union
      select r.id from family f join public.agent_task_requests r on r.parent_id = f.id
    )
    select array_agg(id) into v_family from family;
    exit when coalesce(cardinality(v_family), 0) = v_locked;
    perform from public.agent_task_requests where id = any (v_family) order by id for no key update;
    v_locked := cardinality(v_family);
  end loop;
  update public.agent_task_requests set status = 'cancelled', error = null, cancel_requested_at = worker.now()
  where id = any (v_family) and status in ('scheduled', 'pending', 'waiting');
  update public.agent_task_requests set cancel_requested_at = worker.now()
  where id = any (v_family) and status = 'processing' and cancel_requested_at is null;
end
$$;

-- Stops a task and its children. One that waits ends at once; one that runs is told to stop and keeps what it has
-- written so far. An ended task stays as it is. Returns the row as it is now. Replaces the one of "queue".
-- Security definer: users may not update requests; this is the one change they may ask for.
create or replace function public.cancel_agent_task(task_id uuid) returns public.agent_task_requests
language plpgsql security definer set search_path = ''
as $$
declare
  v_task public.agent_task_requests;
begin
  perform private.check_may_act(array[task_id]);
  perform private.cancel_all(array[task_id]);
  select * into v_task from public.agent_task_requests r where r.id = task_id;
  return v_task;
end
$$;

-- Of what has just been submitted, the last of each supersede_key cancels what came before it. Called by the trigger of the
-- inserts (lanes), once their tickets are written.
create function private.supersede(p_tasks uuid[]) returns void
language plpgsql set search_path = ''
as $$
declare
  v_task public.agent_task_requests;
begin
  for v_task in
    select distinct on (user_id, enterprise_id, kind, supersede_key) * from public.agent_task_requests
    where id = any (p_tasks)
    order by user_id, enterprise_id, kind, supersede_key, created_at desc, id desc
  loop
    -- Of two that come at once, the second waits here and then sees the first.
    perform pg_advisory_xact_lock(
      hashtextextended(concat_ws(':', 'supersede', v_task.user_id, v_task.kind, v_task.supersede_key), 0));
    perform private.cancel_all(array(
      select r.id from public.agent_task_requests r
      where r.user_id is not distinct from v_task.user_id and r.supersede_key = v_task.supersede_key
        and r.kind = v_task.kind and r.enterprise_id is not distinct from v_task.enterprise_id
        and r.finished_at is null and r.id <> v_task.id));
  end loop;
end
$$;

-- A parent that waits goes on when the last of its children has ended, in whatever way. Whoever ends a child only notes
-- the parent here; the next claim looks after it. So ending a child takes no lock but its own, and of two that end at
-- once the later note is read after both.
create table worker.parents_to_check (
  id bigint generated always as identity primary key,
  parent_id uuid not null
);
alter table worker.parents_to_check enable row level security;
grant select, insert, delete on worker.parents_to_check to service_role;

-- Security definer: whoever cancels a child has no right to the queue.
create function private.note_parent() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into worker.parents_to_check (parent_id) values (new.parent_id);
  perform private.tell_workers('wake', null, true);
  return null;
end
$$;

create function private.has_open_children(p_task uuid) returns boolean
language sql stable set search_path = ''
as $$
  select exists (select from public.agent_task_requests where parent_id = p_task and finished_at is null)
$$;

create trigger note_parent after update on public.agent_task_requests
  for each row when (new.parent_id is not null and new.finished_at is not null and old.finished_at is null)
  execute function private.note_parent();

-- Makes the children of a running task, in the name of its user: p_children: [{key, kind, request_payload, priority?}].
-- Called again with the same keys, by a later attempt, it makes none twice and tells how they are. Returns {verdict:
-- continue | cancel | lost, children: [{key, task_id, status, response_payload, error}]}.
-- At most 1,000 children a task, and families of at most 8 generations: a poisoned prompt must not fill the queue.
create function worker.spawn_children(p_task uuid, p_lease uuid, p_children jsonb[]) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_parent public.agent_task_requests;
  v_verdict text;
  v_prefix text;
  v_generation integer;
begin
  select * into v_parent from public.agent_task_requests where id = p_task for no key update;
  v_verdict := private.hold(p_task, p_lease);
  if v_verdict <> 'continue' then
    return jsonb_build_object('verdict', v_verdict, 'children', '[]'::jsonb);
  end if;

  with recursive line as (
    select v_parent.parent_id as id, 2 as generation
    union all
    select r.parent_id, generation + 1 from line join public.agent_task_requests r on r.id = line.id
  )
  select max(generation) into v_generation from line;
  if v_generation > 8 then
    raise exception 'Tasks may have children down to the eighth generation.' using errcode = '22023';
  end if;

  if exists (select from unnest(p_children) c where coalesce(length(c ->> 'key'), 0) not between 1 and 100) then
    raise exception 'Each child needs a key of 1 to 100 characters, the same in each attempt.' using errcode = '22023';
  end if;
  v_prefix := format('child:%s:%s:', p_task, v_parent.life);
  insert into public.agent_task_requests
    (parent_id, user_id, enterprise_id, kind, request_payload, priority, deadline_at, idempotency_key)
  select p_task, v_parent.user_id, v_parent.enterprise_id, c ->> 'kind', c -> 'request_payload',
    coalesce((c ->> 'priority')::smallint, v_parent.priority), v_parent.deadline_at, v_prefix || (c ->> 'key')
  from unnest(p_children) c
  on conflict do nothing;
  if (select count(*) from public.agent_task_requests where parent_id = p_task) > 1000 then
    raise exception 'A task may have 1000 children.' using errcode = '22023';
  end if;

  return jsonb_build_object('verdict', v_verdict, 'children', (
    select coalesce(jsonb_agg(jsonb_build_object('key', c ->> 'key', 'task_id', r.id, 'status', r.status,
      'response_payload', r.response_payload, 'error', r.error)), '[]')
    from unnest(p_children) c
    join public.agent_task_requests r on r.parent_id = p_task and r.idempotency_key = v_prefix || (c ->> 'key')));
end
$$;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.cancel_all, private.has_open_children, private.role_of_caller,
  private.is_server to service_role;
