-- Correlation: by which id a call, the task that it has made and whatever was done for that task are found together.
--
--   correlation_id   said by whoever inserts the request, as a caller over HTTP says it in `x-correlation-id`; stays as it
--                    is for as long as the request does, in each life; children have that of their parent
--
-- A claim hands it to the worker, which names it in each line of its log, in traces and in reports about the attempt. It is
-- a word of the submitter's: nothing is looked up or allowed by it, two tasks may have the same one, and what is in it can
-- neither break a line of a log nor pass for markup. A fork or the task of a schedule is nobody's call, and has none.
--
-- Errors: 23514 it is no such word · 22023 it cannot be changed.

alter table public.agent_task_requests
  add column correlation_id text
    constraint correlation_id_is_a_short_word check (correlation_id ~ '^[A-Za-z0-9_.:-]{1,128}$');
comment on column public.agent_task_requests.correlation_id is 'By this the submitter finds it again: letters, digits and _ . : -';
grant insert (correlation_id) on public.agent_task_requests to authenticated;

-- Admins look for it. Rows without one are not in it, and no update touches it.
create index requests_by_correlation on public.agent_task_requests (correlation_id) where correlation_id is not null;

create function private.refuse_new_correlation() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'A task keeps its correlation id.' using errcode = '22023', hint = 'Submit a new task instead.';
end
$$;

-- Only an update that names the column asks this; no verb does.
create trigger refuse_new_correlation before update of correlation_id on public.agent_task_requests
  for each row when (new.correlation_id is distinct from old.correlation_id)
  execute function private.refuse_new_correlation();

-- Submitting -----------------------------------------------------------------------------------------------------

drop function public.submit_agent_task(jsonb, text, uuid, integer, timestamptz, timestamptz, text, text, uuid, bigint, numeric);

-- Submits a task in the caller's name and returns its row. With an idempotency key that the caller has used before it
-- returns that task as it is now, under the correlation id of the first call, if kind, payload and session are the same,
-- and otherwise refuses (PT409). Replaces the one of "sessions", which knew no correlation.
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
  cost_budget numeric default null,
  correlation_id text default null
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
        token_budget, cost_budget, correlation_id)
    values
      (kind, v_payload, enterprise_id, priority, coalesce(run_at, '-infinity'), deadline_at, idempotency_key, supersede_key,
        session_id, token_budget, cost_budget, correlation_id)
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

-- Makes the children of a running task, in the name of its user: p_children: [{key, kind, request_payload, priority?}].
-- Called again with the same keys, by a later attempt, it makes none twice and tells how they are. Returns {verdict:
-- continue | cancel | lost, children: [{key, task_id, status, response_payload, error}]}.
-- At most 1,000 children a task, and families of at most 8 generations: a poisoned prompt must not fill the queue.
-- Replaces the one of "lifecycle", which knew no correlation.
create or replace function worker.spawn_children(p_task uuid, p_lease uuid, p_children jsonb[]) returns jsonb
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
    (parent_id, user_id, enterprise_id, kind, request_payload, priority, deadline_at, idempotency_key,
      correlation_id)
  select p_task, v_parent.user_id, v_parent.enterprise_id, c ->> 'kind', c -> 'request_payload',
    coalesce((c ->> 'priority')::smallint, v_parent.priority), v_parent.deadline_at, v_prefix || (c ->> 'key'),
    v_parent.correlation_id
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

-- Claiming -------------------------------------------------------------------------------------------------------

drop function worker.claim(uuid, integer, integer, text[]);

-- Takes up to p_slots requests of p_kinds (null: of any kind) for p_lease_seconds. Fewer than asked for means that
-- nothing more can be had now: the worker is then on record as idle, and the next insert wakes it. Replaces the one
-- of "lanes", which told no correlation.
create function worker.claim(p_worker uuid, p_slots integer, p_lease_seconds integer, p_kinds text[] default null)
returns table (
  task_id uuid, lease_id uuid, kind text, life integer, attempt integer, max_attempts integer,
  user_id uuid, enterprise_id uuid, request_payload jsonb, waited_seconds double precision,
  deadline_seconds double precision, correlation_id text
)
language plpgsql set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_memoize = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := worker.now();
  v_oldest bigint;
  v_taken integer := 0;
  v_more integer;
  v_all boolean := (select count(*) from worker.lanes) * p_slots <= 5000;
  v_held uuid[] := '{}';
  v_tasks uuid[];
  v_free uuid[];
  v_tickets tid[];
  v_lanes integer[];
  v_entered bigint[];
  v_turns bigint[];
  v_rows tid[];
begin
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(8421, -1);
  perform private.promote_due(100);

  -- One round is enough, unless others hold some of those found, tenants had less to do than was thought, or a cap cut off
  -- what could have had another slot.
  loop
    -- Before anybody is looked for: all tickets of older transactions are then to be seen.
    v_oldest := private.oldest_transaction();
    select array_agg(n.task_id), array_agg(n.ticket), array_agg(n.lane_id), array_agg(n.entered), array_agg(n.turn)
    into v_tasks, v_tickets, v_lanes, v_entered, v_turns
    from private.next_in_line(p_slots - v_taken, p_kinds, v_held, v_all) n;

    -- Who holds the lock of a request decides what becomes of it: such a one is left out.
    select array_agg(u.id), array_agg(r.ctid), array_agg(u.ticket) into v_free, v_rows, v_tickets
    from unnest(v_tasks, v_tickets) u (id, ticket) cross join lateral (
      select t.ctid from public.agent_task_requests t
      where t.id = u.id and t.status = 'pending' limit 1 for no key update skip locked) r;

    -- A statement of its own, which sees what happened before the locks: a ticket rewritten meanwhile is not met.
    return query
      with leased as (
        update worker.queue q
        set lease_id = gen_random_uuid(), worker_id = p_worker, expires_at = v_now + make_interval(secs => p_lease_seconds)
        from unnest(v_rows, v_tickets) u (request, ticket)
        where q.ctid = u.ticket and q.lease_id is null
        returning u.request, q.lease_id
      )
      update public.agent_task_requests r
      set status = 'processing', attempt = r.attempt + 1, started_at = coalesce(r.started_at, v_now),
        version = r.version + 1, updated_at = v_now
      from leased l
      where r.ctid = l.request
      returning r.id, l.lease_id, r.kind, r.life, r.attempt::integer, r.max_attempts::integer, r.user_id, r.enterprise_id,
        r.request_payload, extract(epoch from v_now - r.run_at)::double precision,
        extract(epoch from r.deadline_at - v_now)::double precision, r.correlation_id;
    get diagnostics v_more = row_count;
    v_taken := v_taken + v_more;
    perform private.move_on(v_lanes, v_entered, v_turns, v_oldest);

    exit when v_taken >= p_slots;
    if cardinality(v_free) is distinct from cardinality(v_tasks) then
      v_held := v_held || array(select unnest(v_tasks) except select unnest(v_free));
    else
      exit when (v_all or not private.has_to_weigh()) and (v_more = 0 or not private.has_caps());
      v_all := true;
    end if;
  end loop;

  update worker.workers w set idle = v_taken < p_slots, beat_at = v_now
  where w.id = p_worker and (w.idle <> (v_taken < p_slots) or w.beat_at < v_now - interval '5 seconds');
end
$$;

-- Upkeep ---------------------------------------------------------------------------------------------------------

-- Does up to p_limit of each. Returns {reaped: [{task_id, status, correlation_id}], expired, pruned, has_due_schedules}
-- (which a worker has to see to, because the database reads no cron), or null when somebody else is at it. Replaces the
-- one of "approvals", which told no correlation.
create or replace function worker.upkeep(p_limit integer) returns jsonb
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
  select coalesce(jsonb_agg(jsonb_build_object('task_id', r.task_id, 'status', r.status,
    'correlation_id', (select t.correlation_id from public.agent_task_requests t where t.id = r.task_id))), '[]')
  into v_reaped from worker.reap(p_limit) r;
  v_expired := private.expire_due(p_limit);
  perform private.expire_approvals(p_limit);
  perform private.promote_due(p_limit);
  perform private.sweep_lanes(p_limit);
  return jsonb_build_object('reaped', v_reaped, 'expired', v_expired, 'pruned', v_pruned,
    'has_due_schedules', exists (select from worker.due_schedules(1)));
end
$$;

revoke execute on all functions in schema worker, private from public;
