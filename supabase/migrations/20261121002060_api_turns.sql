-- Turns: how often a user may call something in a minute, whichever worker is asked.
--
-- A user has a bucket for each thing, named by the caller, such as tool:refund_order. It holds a minute's worth and fills
-- up evenly; each call takes one.
--
-- Of tools of scenarios there is one count for agents and for the API: scenario_tools.calls_per_minute of each user. A call
-- takes its turn where it is made, in the transaction that calls the tool, so it counts once whenever a worker dies, and not
-- if nothing was called. A call that comes too often is a refusal like those of the tool itself, which the agent reads:
-- {error, code: too_many_calls}. Who makes a task of a call looks first whether there is a turn, and takes none.
--
-- Lock order: request, ticket, bucket, and then whatever the tool locks.
--
-- What a tool refuses says of what kind the refusal is, to be counted:
--   rights   42501: not the user's, as far as the tool says so; what is hidden is not there, and so is `input`
--   input    22…, 23…: malformed, or not there
--   limit    PT429: too many of something
--   rate     too many calls a minute
--   rule     all else: it is not the time, it is done already
--
-- Verbs of the worker: run_tool → {verdict, output, refusal?} · take_api_turn, see_api_turn → 0, or after how many seconds
-- (rounded up) there will be a turn.

create table worker.api_buckets (
  user_id uuid not null references auth.users on delete cascade,
  bucket text not null constraint bucket_is_a_short_name check (bucket ~ '^[a-z][a-z0-9_:.-]{0,79}$'),
  turns_left double precision not null,
  filled_at timestamptz not null,
  primary key (user_id, bucket)
);
alter table worker.api_buckets enable row level security;
revoke all on worker.api_buckets from anon, authenticated;
grant select, insert, update, delete on worker.api_buckets to service_role;

-- Turns ------------------------------------------------------------------------------------------------------------

-- What is in a bucket by now.
create function private.turns_in(p_bucket worker.api_buckets, p_per_minute integer, p_now timestamptz) returns double precision
language sql immutable set search_path = ''
as $$
  select least(p_per_minute,
    p_bucket.turns_left + extract(epoch from greatest(p_now, p_bucket.filled_at) - p_bucket.filled_at) * p_per_minute / 60)
$$;

-- After how many seconds there is a turn; 0: there is one.
create function private.seconds_to_turn(p_left double precision, p_per_minute integer) returns integer
language sql immutable set search_path = ''
as $$
  -- Sums of fractions are not exact.
  select case when p_left < 1 - 1e-6 then greatest(1, ceil((1 - p_left) * 60 / p_per_minute - 1e-6))::integer else 0 end
$$;

create function private.take_turn(p_user uuid, p_bucket text, p_per_minute integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_now timestamptz;
  v_bucket worker.api_buckets;
  v_left double precision;
  v_seconds integer;
begin
  if p_user is null or p_bucket is null or coalesce(p_per_minute, 0) <= 0 then
    raise exception 'A turn is taken by a user, from a bucket of one or more a minute.' using errcode = '22023';
  end if;
  select * into v_bucket from worker.api_buckets where user_id = p_user and bucket = p_bucket for update;
  if not found then
    insert into worker.api_buckets (user_id, bucket, turns_left, filled_at)
    values (p_user, p_bucket, p_per_minute, worker.now()) on conflict do nothing;
    select * into v_bucket from worker.api_buckets where user_id = p_user and bucket = p_bucket for update;
  end if;
  -- Read under the lock, so that whoever comes later has the later time.
  v_now := greatest(worker.now(), v_bucket.filled_at);
  v_left := private.turns_in(v_bucket, p_per_minute, v_now);
  v_seconds := private.seconds_to_turn(v_left, p_per_minute);
  if v_seconds = 0 then
    update worker.api_buckets set turns_left = v_left - 1, filled_at = v_now where user_id = p_user and bucket = p_bucket;
  end if;
  return v_seconds;
end
$$;

create function worker.take_api_turn(p_user uuid, p_bucket text, p_per_minute integer) returns integer
language plpgsql set search_path = ''
as $$
begin
  -- The bucket is full again if PostgreSQL crashes: no reason to have all wait for the disk.
  perform set_config('synchronous_commit', 'off', true);
  return private.take_turn(p_user, p_bucket, p_per_minute);
end
$$;

-- Looks and takes nothing.
create function worker.see_api_turn(p_user uuid, p_bucket text, p_per_minute integer) returns integer
language sql stable set search_path = ''
as $$
  select coalesce((
    select private.seconds_to_turn(private.turns_in(b, p_per_minute, worker.now()), p_per_minute)
    from worker.api_buckets b where b.user_id = p_user and b.bucket = p_bucket), 0)
$$;

-- Takes the turn of a call, of a tool that has such a limit. The bucket stays locked until the tool has done its work: two
-- calls of the same tool by one user wait for each other, and nothing that a tool locks is held by who waits here.
create function private.take_tool_turn(p_request public.agent_task_requests, p_tool text) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_per_minute integer;
begin
  if p_request.kind not in ('scenario', 'scenario-tool') or p_request.user_id is null then
    return 0;
  end if;
  select calls_per_minute into v_per_minute from public.scenario_tools where name = p_tool;
  return case when found then private.take_turn(p_request.user_id, 'tool:' || p_tool, v_per_minute) else 0 end;
end
$$;

-- Calls ------------------------------------------------------------------------------------------------------------

create function private.refusal_of(p_state text) returns text
language sql immutable set search_path = ''
as $$
  select case
    when p_state = '42501' then 'rights' when p_state = 'PT429' then 'limit' when p_state ~ '^(22|23)' then 'input' else 'rule' end
$$;

-- For its one statement the session is the user's: role and claims, as the Data API sets them. All of it ends with the
-- transaction at the latest, so nothing is left on a pooled connection. Returns {output, refusal?}. Replaces the one of
-- "agents", which did not tell of what kind a refusal is.
create or replace function private.call_as_user(p_request public.agent_task_requests, p_tool text, p_input jsonb) returns jsonb
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
  v_result jsonb;
  v_state text;
  v_message text;
begin
  if to_regprocedure(format('agent_tools.%I(uuid,jsonb)', p_tool)) is null then
    raise exception 'There is no tool of SQL named "%".', p_tool
      using errcode = '22023', hint = 'Create the function agent_tools.<name>(uuid, jsonb) in a migration.';
  end if;
  begin
    perform set_config(name, v_users[n], true) from unnest(c_names) with ordinality u (name, n);
    v_result := jsonb_build_object('output', private.call_tool(p_tool, p_request.id, p_input));
  exception when others then
    -- The block's end takes back what the tool did, and the role.
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
    -- Bad input, broken rules, missing rights: the agent may do better. All else is not the tool's fault.
    if v_state !~ '^(22|23|42501|P0001|PT)' then
      raise;
    end if;
    v_result := jsonb_build_object('output', jsonb_build_object('error', v_message), 'refusal', private.refusal_of(v_state));
  end;
  perform set_config(name, v_own[n], true) from unnest(c_names) with ordinality u (name, n);
  return v_result;
end
$$;

-- Calls a tool of SQL once: p_steps is one step {key, agent, name, input}. The tool never hears whose data it may see:
-- the user comes from the task, the task from the lease, and row-level security decides as in a browser. What the tool
-- refuses is its result {error}; what fails for reasons of the database fails the call, to be made again.
-- Returns {verdict: continue | cancel | lost, output, refusal: rights | input | limit | rate | rule, where it was refused
-- now}. Replaces the one of "agents", which let agents call as often as they liked.
create or replace function worker.run_tool(p_task uuid, p_lease uuid, p_steps jsonb[]) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_step jsonb := p_steps[1];
  v_tool constant text := v_step ->> 'name';
  v_verdict text := private.hold(p_task, p_lease);
  v_request public.agent_task_requests;
  v_known public.agent_task_steps;
  v_seconds integer;
  v_result jsonb;
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

  v_seconds := private.take_tool_turn(v_request, v_tool);
  if v_seconds > 0 then
    v_result := jsonb_build_object('refusal', 'rate', 'output', jsonb_build_object('code', 'too_many_calls',
      'error', format('%s was called too often: it may be called again in %s s.', v_tool, v_seconds)));
  else
    v_result := private.call_as_user(v_request, v_tool, v_step -> 'input');
  end if;
  perform private.write_steps(v_request, array[
    v_step || jsonb_build_object('status', 'done', 'output', v_result -> 'output')]);
  return jsonb_build_object('verdict', v_verdict) || v_result;
end
$$;

revoke execute on all functions in schema worker, private from public;
grant execute on function worker.see_api_turn to service_role;
grant execute on function private.turns_in, private.seconds_to_turn, private.take_turn, private.take_tool_turn, private.refusal_of
  to service_role;
