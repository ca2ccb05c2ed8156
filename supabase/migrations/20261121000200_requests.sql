-- Requests: the row is the API.
--
-- A browser inserts a row here under row-level security; the same row is the queue entry, the thing to watch and
-- the place of the answer. Users say what they want (`kind`, `request_payload`, `priority`, `run_at`) and nothing
-- else: every other column is kept by the database, and nobody but an admin updates a row by hand.
--
-- States:
--   scheduled ──(run_at is due)──▶ pending ──(claim)──▶ processing ──▶ completed | failed | cancelled
--   processing ──▶ scheduled (retry) · pending (given back at shutdown, or its worker died)
--   completed | failed | cancelled ──(retry, or an admin's update to pending)──▶ pending, as a new `life`
-- A life is one try of the whole task from the start; attempts are counted within it.
--
-- `version` is raised by every update: a reader keeps the higher one and so never goes back in time.
--
-- Errors: 22023 the request is malformed · PT429 too many unfinished tasks · 42501 not allowed.

-- What workers call. Exposed by config.toml, yet only the service role may use it.
create schema worker;
grant usage on schema worker to service_role;
alter default privileges in schema worker grant execute on functions to service_role;

-- The one clock of the queue. A test moves it by setting worker.fake_now in its session.
create function worker.now() returns timestamptz
language sql volatile set search_path = ''
as $$
  select coalesce(nullif(current_setting('worker.fake_now', true), '')::timestamptz, clock_timestamp())
$$;

create table public.agent_task_requests (
  id uuid primary key default gen_random_uuid(),
  enterprise_id uuid references public.enterprises on delete cascade,
  user_id uuid default auth.uid() references auth.users on delete cascade,
  kind text not null default 'assistant'
    constraint kind_is_a_lower_case_name check (kind ~ '^[a-z][a-z0-9_-]{0,62}$'),
  status varchar(50) not null default 'pending'
    constraint status_is_known
    check (status in ('scheduled', 'pending', 'processing', 'completed', 'failed', 'cancelled')),
  priority smallint not null default 0 constraint priority_is_from_0_to_9 check (priority between 0 and 9),
  run_at timestamptz not null default '-infinity',
  life integer not null default 1,
  attempt smallint not null default 0 constraint attempt_is_not_negative check (attempt >= 0),
  max_attempts smallint not null default 5 constraint max_attempts_is_from_1_to_25 check (max_attempts between 1 and 25),
  crash_count smallint not null default 0,
  request_payload jsonb not null default '{}'
    constraint request_payload_is_an_object check (jsonb_typeof(request_payload) = 'object'),
  response_payload jsonb,
  error jsonb,
  version bigint not null default 1,
  cancel_requested_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint finished_at_tells_the_end
    check ((status in ('completed', 'failed', 'cancelled')) = (finished_at is not null))
) with (fillfactor = 85);

comment on column public.agent_task_requests.run_at is 'Not before this moment; the insert replaces an earlier one by its own.';
comment on column public.agent_task_requests.priority is '0 to 9; the higher runs first.';
comment on column public.agent_task_requests.error is '{code, message, retryable}; kept while a retry is awaited.';

-- One index for each question: what is next, what falls due, what does this user still have open, what is the history.
create index requests_to_claim on public.agent_task_requests (priority desc, run_at, id) where status = 'pending';
create index requests_to_promote on public.agent_task_requests (run_at) where status = 'scheduled';
create index requests_open_of_user on public.agent_task_requests (user_id) where finished_at is null;
create index requests_of_user on public.agent_task_requests (user_id, created_at desc);
create index requests_of_enterprise on public.agent_task_requests (enterprise_id, created_at desc);

-- No user may keep more than this many unfinished tasks, so that one cannot fill the queue for everybody.
create function private.check_room_in_queue(p_user uuid) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
  c_most constant integer := 100;
  v_open integer;
begin
  select count(*) into v_open
  from (select from public.agent_task_requests where user_id = p_user and finished_at is null limit c_most) t;
  if v_open >= c_most then
    raise exception 'You have % unfinished tasks, which is the limit.', c_most
      using errcode = 'PT429', hint = 'Wait for some of them to end, or cancel some.';
  end if;
end
$$;

create function private.check_request_payload(p_payload jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if jsonb_typeof(p_payload) is distinct from 'object' then
    raise exception 'request_payload must be a JSON object.'
      using errcode = '22023', hint = 'For the kind "assistant" send {"prompt": "your question"}.';
  elsif octet_length(p_payload::text) > 262144 then
    raise exception 'request_payload has % bytes; at most 262144 (256 KiB) are taken.', octet_length(p_payload::text)
      using errcode = '22023', hint = 'Store large inputs in a table or in Storage and send their ids.';
  elsif jsonb_path_exists(p_payload, '$.**{33}') then
    raise exception 'request_payload is nested deeper than 32 levels.'
      using errcode = '22023', hint = 'Flatten it.';
  end if;
end
$$;

-- A new row is a new task, whoever inserts it: only what the submitter has a say in is kept.
-- Security definer: it counts the user's tasks past row-level security and reads the worker's clock.
create function private.admit_request() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.status not in ('pending', 'scheduled') then
    raise exception 'A new task cannot start as "%".', new.status
      using errcode = '22023', hint = 'Leave status out, or set it to pending.';
  end if;
  if new.run_at = 'infinity' then
    raise exception 'run_at must be a moment.' using errcode = '22023', hint = 'Leave it out to have the task run at once.';
  end if;
  perform private.check_request_payload(new.request_payload);
  -- Another user's count is nobody's business; the policy refuses such a row in any case.
  if new.user_id is not null and new.user_id = coalesce((select auth.uid()), new.user_id) then
    perform private.check_room_in_queue(new.user_id);
  end if;
  new.created_at := worker.now();
  new.updated_at := new.created_at;
  new.run_at := greatest(new.run_at, new.created_at);
  new.status := case when new.run_at > new.created_at then 'scheduled' else 'pending' end;
  new.life := 1;
  new.attempt := 0;
  new.crash_count := 0;
  new.version := 1;
  new.response_payload := null;
  new.error := null;
  new.cancel_requested_at := null;
  new.started_at := null;
  new.finished_at := null;
  return new;
end
$$;

create trigger admit_request before insert on public.agent_task_requests
  for each row execute function private.admit_request();

alter table public.agent_task_requests enable row level security;
revoke all on public.agent_task_requests from anon, authenticated;
grant select on public.agent_task_requests to authenticated;
grant insert (id, enterprise_id, user_id, kind, status, priority, run_at, request_payload)
  on public.agent_task_requests to authenticated;
grant all on public.agent_task_requests to service_role;

create policy "see own tasks, and as an admin those of others" on public.agent_task_requests
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or enterprise_id in (select private.my_admin_enterprises())
    or (select private.is_platform_admin())
  );

create policy "submit in one's own name, for an own enterprise or none" on public.agent_task_requests
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and (enterprise_id is null or enterprise_id in (select private.my_enterprises()))
  );

alter publication supabase_realtime add table public.agent_task_requests;

revoke execute on all functions in schema worker, private from public;
