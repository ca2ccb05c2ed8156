-- Sessions: a conversation of many tasks, one at a time.
--
-- A task that is submitted with a session_id reads what was said before, and adds to it when it ends. Of a session one task
-- is under way at a time, the first that came; what becomes of another one meanwhile is the session's `on_busy`:
--   reject      it is refused (PT409)
--   enqueue     it waits until all before it have ended
--   interrupt   all before it are cancelled; it waits until those that run have stopped
-- One that is parked (for approvals, children or a retry) is under way. An ended one is retried only while no other one of
-- its session is unfinished (PT409).
--
-- History. agent_session_items is only added to, so a place in it names a state of it for good. The first attempt of a life
-- asks for its input by freeze_history, which notes that place and the new items in the journal (step `history:`); every
-- later one gets the same, whatever was said since. What is added at the end, in the transaction that ends the task:
--   completed            the frozen new items, then those of the step `turn:`, {items: […], summary?: {covers, item}}
--   cancelled            the frozen new items, and what there is of an answer, marked incomplete
--   failed               the same, if there is anything of an answer; otherwise nothing
-- A task that never asked for the history has not taken part, and adds nothing. A summary stands for all items up to
-- `covers`: whoever asks later gets the latest summary instead of these.
--
-- Lock order: session, supersede key, request, ticket. Whoever inserts holds the session's lock and may wait for requests (interrupt); so
-- whoever holds a request never waits for a session: who retries takes a busy lock for a no, and who ends a task takes none.
-- It need not: a task begins after the one before it was ended, so no two add at once, and numbers follow without a lock.
-- For the same reason the items have no foreign key, whose check would wait for a session that is being deleted; a trigger
-- removes them, after the tasks are gone that could add some.
--
-- Verb of the worker: freeze_history → {verdict: continue | cancel | lost, items, after, until}
-- Errors: 42501 no such session, or not the submitter's · PT409 busy · 22023 malformed.

create table public.agent_sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  enterprise_id uuid references public.enterprises on delete cascade,
  title text constraint title_is_short check (length(title) <= 200),
  on_busy text not null default 'enqueue'
    constraint on_busy_is_known check (on_busy in ('reject', 'enqueue', 'interrupt')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on column public.agent_sessions.updated_at is 'When a task was last submitted to it or ended in it.';
create index sessions_of_user on public.agent_sessions (user_id);
create index sessions_of_enterprise on public.agent_sessions (enterprise_id);

create table public.agent_session_items (
  session_id uuid not null,
  seq bigint not null,
  task_id uuid,
  kind text not null constraint kind_is_known check (kind in ('item', 'summary')),
  covers bigint,
  item jsonb not null,
  created_at timestamptz not null,
  primary key (session_id, seq),
  constraint covers_tells_a_summary check ((kind = 'summary') = (covers is not null))
);
create index session_summaries on public.agent_session_items (session_id, seq) where kind = 'summary';
comment on column public.agent_session_items.item is 'An AgentInputItem of the OpenAI Agents SDK.';
comment on column public.agent_session_items.task_id is 'The task that added it; that one may be gone.';
comment on column public.agent_session_items.covers is 'A summary stands for all items up to this one.';

alter table public.agent_sessions enable row level security;
alter table public.agent_session_items enable row level security;
revoke all on public.agent_sessions, public.agent_session_items from anon, authenticated;
grant select, delete on public.agent_sessions to authenticated;
grant insert (id, user_id, enterprise_id, title, on_busy) on public.agent_sessions to authenticated;
grant update (title, on_busy) on public.agent_sessions to authenticated;
grant select on public.agent_session_items to authenticated;
grant all on public.agent_sessions, public.agent_session_items to service_role;

create policy "see own sessions, and as an admin those of others" on public.agent_sessions
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or enterprise_id in (select private.my_admin_enterprises())
    or (select private.is_platform_admin())
  );

create policy "begin sessions in one's own name, for an own enterprise or none" on public.agent_sessions
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and (enterprise_id is null or enterprise_id in (select private.my_enterprises()))
  );

-- Whoever has left an enterprise may read what was theirs there, but neither change nor remove it.
create policy "change own sessions" on public.agent_sessions for update to authenticated
  using (
    user_id = (select auth.uid())
    and (enterprise_id is null or enterprise_id in (select private.my_enterprises()))
  );

create policy "delete own sessions" on public.agent_sessions for delete to authenticated
  using (
    user_id = (select auth.uid())
    and (enterprise_id is null or enterprise_id in (select private.my_enterprises()))
  );

create policy "see what was said in the sessions one sees" on public.agent_session_items for select to authenticated
  using (exists (select from public.agent_sessions s where s.id = session_id));

alter publication supabase_realtime add table public.agent_sessions;

-- Security definer: who deletes a session has no right to its items.
create function private.drop_items() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.agent_session_items where session_id = any (array(select id from removed));
  return null;
end
$$;

create trigger drop_items after delete on public.agent_sessions
  referencing old table as removed for each statement execute function private.drop_items();

alter table public.agent_task_requests
  add column session_id uuid references public.agent_sessions on delete cascade;
-- Neither its columns nor its condition change in the life of a task, so updates of the queue stay HOT.
create index requests_of_session on public.agent_task_requests (session_id, created_at, id) where session_id is not null;
grant insert (session_id) on public.agent_task_requests to authenticated;

-- A note may also be of a session: its next task may not have to wait any longer. Notes of tasks would not do, since one
-- that is just being submitted cannot be seen by whoever ends the one before it.
alter table worker.parents_to_check
  alter column parent_id drop not null,
  add column session_id uuid,
  add constraint note_is_of_a_task_or_a_session check (num_nonnulls(parent_id, session_id) = 1);
-- To lock them.
grant update on worker.parents_to_check to service_role;

-- Taking turns ---------------------------------------------------------------------------------------------------

-- The unfinished tasks of its session that came before it.
create function private.count_ahead(p_request public.agent_task_requests) returns integer
language sql stable set search_path = ''
as $$
  select count(*)::integer from public.agent_task_requests r
  where r.session_id = p_request.session_id and r.finished_at is null
    and (r.created_at, r.id) < (p_request.created_at, p_request.id)
$$;

-- Whether something must happen before it can go on. Replaces the one of "approvals".
create or replace function private.has_to_wait(p_request public.agent_task_requests) returns boolean
language sql stable set search_path = ''
as $$
  select private.has_open_children(p_request.id)
    or (p_request.has_asked and private.count_open_approvals(p_request.id, p_request.life) > 0)
    or (p_request.session_id is not null and private.count_ahead(p_request) > 0)
$$;

-- Locks the session if nobody else has and none of its tasks is unfinished; tells whether it did.
create function private.hold_idle_session(p_session uuid) returns boolean
language plpgsql set search_path = ''
as $$
begin
  perform from public.agent_sessions where id = p_session for no key update skip locked;
  return found and not exists (
    select from public.agent_task_requests where session_id = p_session and finished_at is null);
end
$$;

-- After admit_request, by its name: that one has judged the rest and set the times.
-- Security definer: it locks the session and cancels tasks, which users may not do by themselves.
create function private.admit_to_session() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_session public.agent_sessions;
  v_open uuid[];
  v_last timestamptz;
begin
  if new.status = 'scheduled' then
    raise exception 'A task of a session cannot be submitted for later.'
      using errcode = '22023', hint = 'Leave run_at out: it runs when its turn comes.';
  elsif new.parent_id is not null then
    raise exception 'A child takes no part in a session; its parent does.' using errcode = '22023';
  end if;
  -- Of another user's session nobody hears anything, and nobody holds it up.
  select * into v_session from public.agent_sessions s
  where s.id = new.session_id and s.enterprise_id is not distinct from new.enterprise_id and case
    when private.is_server() then s.user_id = coalesce(new.user_id, s.user_id)
    else s.user_id = (select auth.uid()) and s.user_id = new.user_id end
  for no key update;
  if not found then
    raise exception 'There is no session % that you may use.', new.session_id
      using errcode = '42501', hint = 'Submit for the same enterprise as that of the session.';
  end if;
  new.user_id := v_session.user_id;

  -- Submitted before: the insert finds that out, and must not have cancelled anything, nor be refused as busy.
  if exists (select from public.agent_task_requests r where r.id = new.id)
    or (new.idempotency_key is not null and exists (
      select from public.agent_task_requests r
      where r.user_id = new.user_id and r.enterprise_id is not distinct from new.enterprise_id
        and r.idempotency_key = new.idempotency_key))
  then
    return new;
  end if;

  if v_session.on_busy = 'interrupt' then
    -- As private.supersede takes it, which follows: before the locks of requests, or two that use one key in different
    -- sessions could each wait for the other.
    if new.supersede_key is not null then
      perform pg_advisory_xact_lock(
        hashtextextended(concat_ws(':', 'supersede', new.user_id, new.kind, new.supersede_key), 0));
    end if;
    -- What the same statement has submitted before this one has no ticket yet, and its turn first.
    perform private.cancel_all(array(
      select r.id from public.agent_task_requests r
      where r.session_id = new.session_id and r.finished_at is null
        and exists (select from worker.queue q where q.task_id = r.id)));
  end if;
  select array_agg(r.id), max(r.created_at) into v_open, v_last from public.agent_task_requests r
  where r.session_id = new.session_id and r.finished_at is null;
  if v_open is not null then
    if v_session.on_busy = 'reject' then
      raise exception 'The session is busy with task %.', v_open[1]
        using errcode = 'PT409', hint = 'Wait for it to end, or cancel it.';
    end if;
    new.status := 'waiting';
    -- The last of them may have ended while this was judged.
    insert into worker.parents_to_check (parent_id) values (new.id);
  end if;
  -- The order of the lock is the order of the turns, whenever each had begun to wait for it.
  new.created_at := greatest(worker.now(), v_last + interval '1 microsecond');
  new.updated_at := new.created_at;
  new.run_at := new.created_at;
  update public.agent_sessions set updated_at = worker.now() where id = new.session_id;
  return new;
end
$$;

create trigger admit_to_session before insert on public.agent_task_requests
  for each row when (new.session_id is not null) execute function private.admit_to_session();

-- What people do by hand must not let two tasks of a session run beside each other, either.
-- Security definer: who retries an own task need not see the others of the session.
create function private.check_turn() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.session_id is distinct from old.session_id then
    raise exception 'A task stays in its session.' using errcode = '22023', hint = 'Submit a new task instead.';
  elsif new.status in ('pending', 'scheduled') and (
    (old.finished_at is not null and not private.hold_idle_session(old.session_id))
    or (old.status = 'waiting' and private.count_ahead(old) > 0))
  then
    raise exception 'The session is busy with another task.'
      using errcode = 'PT409', hint = 'Wait for it to end, or cancel it.';
  end if;
  return new;
end
$$;

-- Before keep_request, by its name: that one raises the version, by which verbs are known.
create trigger check_turn before update on public.agent_task_requests
  for each row when (
    new.version <= old.version and coalesce(new.session_id, old.session_id) is not null
    and (new.status <> old.status or new.session_id is distinct from old.session_id))
  execute function private.check_turn();

-- Failed and cancelled tasks begin a new life. Of a session only one, the latest, and only while it is idle. Replaces the
-- one of "admin", which knew no sessions.
-- Security definer: nobody may update requests; these are the changes that admins may ask for.
create or replace function public.retry_agent_tasks(task_ids uuid[]) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  perform private.check_admin_of(task_ids);
  v_ids := array(
    select id from public.agent_task_requests
    where id = any (task_ids) and status in ('failed', 'cancelled') order by id for no key update);
  v_ids := array(
    select id from (
      select distinct on (coalesce(r.session_id, r.id)) r.id, r.session_id from public.agent_task_requests r
      where r.id = any (v_ids) order by coalesce(r.session_id, r.id), r.created_at desc, r.id) latest
    where session_id is null or private.hold_idle_session(session_id));
  update public.agent_task_requests set status = 'pending' where id = any (v_ids);
  return cardinality(v_ids);
end
$$;

-- Lets scheduled tasks that are due line up, and those that need not wait any longer. Replaces the one of "approvals": a note
-- may be of a session.
create or replace function private.promote_due(p_limit integer) returns void
language plpgsql set search_path = '' set enable_seqscan = off
as $$
declare
  v_wanted uuid[] := array(
    select task_id from worker.queue where due_at <= (select worker.now()) order by due_at limit p_limit);
  -- Claims and upkeep do this at once: each sees to notes of its own.
  v_notes bigint[] := array(select id from worker.parents_to_check order by id limit p_limit for update skip locked);
  v_ids uuid[];
  v_promoted public.agent_task_requests[];
begin
  if cardinality(v_wanted) + cardinality(v_notes) = 0 then
    return;
  end if;
  v_wanted := v_wanted || array(
    select distinct coalesce(n.parent_id, next.id) from worker.parents_to_check n
    left join lateral (
      select r.id from public.agent_task_requests r
      where r.session_id = n.session_id and r.finished_at is null order by r.created_at, r.id limit 1) next on true
    where n.id = any (v_notes));
  v_ids := array(
    select r.id from public.agent_task_requests r
    where r.id = any (v_wanted) and r.status in ('scheduled', 'waiting') order by r.id for no key update skip locked);
  with promoted as (
    update public.agent_task_requests r
    set status = 'pending', version = r.version + 1, updated_at = worker.now(),
      run_at = case r.status when 'waiting' then worker.now() else r.run_at end
    where r.id = any (v_ids) and case r.status
      when 'waiting' then not private.has_to_wait(r) else r.run_at <= (select worker.now()) end
    returning r as task
  )
  select array_agg(task) into v_promoted from promoted;
  perform private.line_up(v_promoted);
  -- A note stays only for one that somebody else holds just now.
  delete from worker.parents_to_check n
  where n.id = any (v_notes) and not exists (
    select from public.agent_task_requests r
    where r.id = any (v_wanted) and r.id <> all (v_ids) and r.status = 'waiting'
      and (r.id = n.parent_id or r.session_id = n.session_id));
end
$$;

-- Replaces the one of "lanes": in a session, others may have waited for what is removed.
-- Security definer: who deletes a request has no right to the queue.
create or replace function private.drop_tickets() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from worker.queue where task_id = any (array(select id from removed));
  insert into worker.parents_to_check (parent_id)
  select distinct parent_id from removed where parent_id is not null and finished_at is null;
  insert into worker.parents_to_check (session_id)
  select distinct session_id from removed where session_id is not null and finished_at is null;
  return null;
end
$$;

-- What a holder of the lease hears before it writes: continue, cancel or lost. The row of the lease stays locked
-- against its end until the caller commits. Replaces the one of "journal": users may delete sessions now, and whoever deletes
-- a request holds it and then wants its ticket; what is written here would want the request, for its foreign key, after it.
create or replace function private.hold(p_task uuid, p_lease uuid) returns text
language plpgsql set search_path = ''
as $$
declare
  v_cancel boolean;
begin
  perform from public.agent_task_requests where id = p_task for key share;
  perform from worker.leases where task_id = p_task and id = p_lease for key share;
  if not found then
    return 'lost';
  end if;
  select cancel_requested_at is not null into v_cancel from public.agent_task_requests where id = p_task;
  return case when v_cancel then 'cancel' else 'continue' end;
end
$$;

-- History --------------------------------------------------------------------------------------------------------

-- What the conversation was at that place: the latest summary, and what came after what it stands for.
create function private.history_at(p_session uuid, p_after bigint, p_until bigint) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(h.item order by h.place, h.seq), '[]') from (
    (select 1 as place, seq, item from public.agent_session_items
      where session_id = p_session and kind = 'summary' and seq <= p_until order by seq desc limit 1)
    union all
    select 2, seq, item from public.agent_session_items
    where session_id = p_session and kind = 'item' and seq > p_after and seq <= p_until) h
$$;

-- The input of the task: what was said before, then p_items. The first call in a life decides; a later one gets the same,
-- whatever it passes. The items between `after` and `until`, numbers in the session, were taken in full.
create function worker.freeze_history(p_task uuid, p_lease uuid, p_items jsonb[]) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_verdict constant text := private.hold(p_task, p_lease);
  v_now constant timestamptz := worker.now();
  v_task public.agent_task_requests;
  v_until bigint;
  v_after bigint;
  v_frozen jsonb;
begin
  if v_verdict = 'lost' then
    return jsonb_build_object('verdict', v_verdict, 'items', '[]'::jsonb);
  end if;
  if exists (select from unnest(p_items) i where jsonb_typeof(i) is distinct from 'object') then
    raise exception 'Each item of a conversation must be a JSON object.' using errcode = '22023';
  end if;
  select * into v_task from public.agent_task_requests where id = p_task;
  select coalesce(max(seq), 0) into v_until from public.agent_session_items where session_id = v_task.session_id;
  v_after := coalesce((
    select covers from public.agent_session_items
    where session_id = v_task.session_id and kind = 'summary' order by seq desc limit 1), 0);

  insert into public.agent_task_steps
    (task_id, life, attempt, key, kind, agent, name, status, output, started_at, finished_at)
  values (v_task.id, v_task.life, v_task.attempt, 'history:', 'history', '', '', 'done',
    jsonb_build_object('after', v_after, 'until', v_until, 'items', to_jsonb(p_items)), v_now, v_now)
  on conflict (task_id, life, key) do nothing;
  select output into v_frozen from public.agent_task_steps
  where task_id = v_task.id and life = v_task.life and key = 'history:';
  return jsonb_build_object('verdict', v_verdict, 'after', v_frozen -> 'after', 'until', v_frozen -> 'until',
    'items', private.history_at(v_task.session_id, (v_frozen ->> 'after')::bigint, (v_frozen ->> 'until')::bigint)
      || (v_frozen -> 'items'));
end
$$;

-- What a task that has ended adds to its conversation. Null: it has not taken part in it.
create function private.said_by(p_task public.agent_task_requests) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_asked jsonb;
  v_turn jsonb;
  v_answer constant text := nullif(case jsonb_typeof(p_task.response_payload -> 'answer')
    when 'string' then p_task.response_payload ->> 'answer' end, '');
begin
  select jsonb_path_query_array(output, '$.items[*]') into v_asked from public.agent_task_steps
  where task_id = p_task.id and life = p_task.life and key = 'history:';
  if p_task.status = 'completed' then
    select jsonb_path_query_array(output, '$.items[*]') into v_turn from public.agent_task_steps
    where task_id = p_task.id and life = p_task.life and key = 'turn:';
    return v_asked || coalesce(v_turn, '[]');
  elsif v_answer is not null then
    return v_asked || jsonb_build_object('type', 'message', 'role', 'assistant', 'status', 'incomplete',
      'content', jsonb_build_array(jsonb_build_object('type', 'output_text', 'text', v_answer)));
  elsif p_task.status = 'cancelled' then
    return v_asked;
  end if;
  return null;
end
$$;

-- Adds what was said, and lets the next one of the session have its turn. Nothing here may fail or wait: it is a part of the
-- end of the task, whoever ended it.
-- Security definer: whoever cancels a task has no right to the conversation, nor to the queue.
create function private.end_turn() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_now constant timestamptz := worker.now();
  v_last bigint;
  v_said integer;
begin
  select coalesce(max(seq), 0) into v_last from public.agent_session_items where session_id = new.session_id;
  insert into public.agent_session_items (session_id, seq, task_id, kind, item, created_at)
  select new.session_id, v_last + row_number() over (order by n), new.id, 'item', item, v_now
  from jsonb_array_elements(private.said_by(new)) with ordinality u (item, n) where jsonb_typeof(item) = 'object';
  get diagnostics v_said = row_count;

  if new.status = 'completed' then
    insert into public.agent_session_items (session_id, seq, task_id, kind, covers, item, created_at)
    select new.session_id, v_last + v_said + 1, new.id, 'summary', (summary ->> 'covers')::numeric::bigint,
      summary -> 'item', v_now
    from (
      select output -> 'summary' as summary from public.agent_task_steps
      where task_id = new.id and life = new.life and key = 'turn:') turn
    where jsonb_typeof(summary -> 'item') = 'object' and case jsonb_typeof(summary -> 'covers')
      when 'number' then (summary ->> 'covers')::numeric between 1 and v_last + v_said else false end;
  end if;

  -- One who submits just now sets the time as well.
  update public.agent_sessions set updated_at = v_now
  where id = any (array(select id from public.agent_sessions where id = new.session_id for no key update skip locked));
  insert into worker.parents_to_check (session_id) values (new.session_id);
  if exists (select from public.agent_task_requests r where r.session_id = new.session_id and r.status = 'waiting') then
    perform private.tell_workers('wake', null, true);
  end if;
  return null;
end
$$;

create trigger end_turn after update on public.agent_task_requests
  for each row when (new.session_id is not null and new.finished_at is not null and old.finished_at is null)
  execute function private.end_turn();

-- Why it waits ---------------------------------------------------------------------------------------------------

-- What a waiting task waits for. Replaces the one of "approvals": explain_wait has one more reason,
--   session {ahead}   so many tasks of its session come first
create or replace function private.explain_waiting(p_task public.agent_task_requests) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_approvals constant integer := private.count_open_approvals(p_task.id, p_task.life);
  v_ahead constant integer := private.count_ahead(p_task);
begin
  if v_approvals > 0 then
    return jsonb_build_object('reason', 'approval', 'open', v_approvals);
  elsif v_ahead > 0 then
    return jsonb_build_object('reason', 'session', 'ahead', v_ahead);
  end if;
  return jsonb_build_object('reason', 'children', 'open', (
    select count(*) from public.agent_task_requests c where c.parent_id = p_task.id and c.finished_at is null));
end
$$;

-- Submitting -----------------------------------------------------------------------------------------------------

drop function public.submit_agent_task(jsonb, text, uuid, integer, timestamptz, timestamptz, text, text);

-- Submits a task in the caller's name and returns its row. With an idempotency key that the caller has used before it
-- returns that task as it is now, if kind, payload and session are the same, and otherwise refuses (PT409).
-- Replaces the one of "lifecycle", which knew neither sessions nor budgets.
create function public.submit_agent_task(
  request_payload jsonb,
  kind text default 'assistant',
  enterprise_id uuid default null,
  priority integer default 0,
  run_at timestamptz default null,
  deadline_at timestamptz default null,
  idempotency_key text default null,
  supersede_key text default null,
  session_id uuid default null,
  token_budget bigint default null,
  cost_budget numeric default null
)
returns public.agent_task_requests
language plpgsql set search_path = ''
as $$
#variable_conflict use_variable
declare
  -- Some gateways hand a jsonb argument over as text inside of a JSON string.
  v_payload constant jsonb :=
    case jsonb_typeof(request_payload) when 'string' then (request_payload #>> '{}')::jsonb else request_payload end;
  -- A server submits to a session in the name of its user.
  v_user constant uuid := coalesce((select auth.uid()), (select s.user_id from public.agent_sessions s where s.id = session_id));
  v_task public.agent_task_requests;
begin
  for v_try in 1..2 loop
    if idempotency_key is not null then
      select * into v_task from public.agent_task_requests r
      where r.user_id is not distinct from v_user
        and r.enterprise_id is not distinct from submit_agent_task.enterprise_id
        and r.idempotency_key = submit_agent_task.idempotency_key;
      if found and (v_task.kind, v_task.request_payload, v_task.session_id) is distinct from (kind, v_payload, session_id) then
        raise exception 'The idempotency key "%" belongs to task %, which asks for something else.', idempotency_key, v_task.id
          using errcode = 'PT409', hint = 'Use a new key for a new request.';
      end if;
      exit when found;
    end if;
    insert into public.agent_task_requests as r
      (kind, request_payload, enterprise_id, priority, run_at, deadline_at, idempotency_key, supersede_key, session_id,
        token_budget, cost_budget)
    values
      (kind, v_payload, enterprise_id, priority, coalesce(run_at, '-infinity'), deadline_at, idempotency_key, supersede_key,
        session_id, token_budget, cost_budget)
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

revoke execute on all functions in schema worker, private from public;
grant execute on function private.count_ahead, private.history_at to service_role;
