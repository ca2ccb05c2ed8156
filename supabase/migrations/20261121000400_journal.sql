-- The journal: every finished model call and tool call of a task, so that no attempt pays or acts twice.
--
-- A step is written once it is done (a tool call also when it starts) under a key that names its place in the run:
--   model:<scope>:<n>      the n-th model call in that scope
--   tool:<scope>/<callId>  the call id comes from a journalled answer, so it is the same in every attempt
--   handoff:<scope>/<callId>
-- The scope is empty for the root agent and the path of tool calls inside an agent that is used as a tool. A later
-- attempt of the same life finds the key and takes the stored output instead of calling again. Outputs only: inputs
-- would grow with the square of the turns.
--
-- Verb of the worker: record_steps → continue | cancel | lost. What is journalled is read by load_journal (stream).

create table public.agent_task_steps (
  id bigint generated always as identity primary key,
  task_id uuid not null references public.agent_task_requests on delete cascade,
  life integer not null,
  attempt smallint not null,
  key text not null,
  kind text not null constraint kind_is_known check (kind in ('model', 'tool', 'handoff')),
  agent text not null,
  name text not null,
  status text not null constraint status_is_known check (status in ('started', 'done')),
  input jsonb,
  output jsonb,
  usage jsonb,
  started_at timestamptz not null,
  finished_at timestamptz,
  constraint step_key_is_unique unique (task_id, life, key),
  constraint finished_at_tells_the_end check ((status = 'done') = (finished_at is not null))
);
comment on column public.agent_task_steps.name is 'The model, the tool, or the agent handed over to.';
comment on column public.agent_task_steps.usage is
  'Of a model call: {requests, inputTokens, outputTokens, totalTokens}, in tokens.';

alter table public.agent_task_steps enable row level security;
revoke all on public.agent_task_steps from anon, authenticated;
revoke all on sequence public.agent_task_steps_id_seq from anon, authenticated;
grant select on public.agent_task_steps to authenticated;
grant all on public.agent_task_steps to service_role;

create policy "see the steps of the tasks one sees" on public.agent_task_steps for select to authenticated
  using (exists (select from public.agent_task_requests r where r.id = task_id));

-- What a holder of the lease hears before it writes: continue, cancel or lost. The row of the lease stays locked
-- against its end until the caller commits.
create function private.hold(p_task uuid, p_lease uuid) returns text
language plpgsql set search_path = ''
as $$
declare
  v_cancel boolean;
begin
  perform from worker.leases where task_id = p_task and id = p_lease for key share;
  if not found then
    return 'lost';
  end if;
  select cancel_requested_at is not null into v_cancel from public.agent_task_requests where id = p_task;
  return case when v_cancel then 'cancel' else 'continue' end;
end
$$;

-- p_steps: [{key, kind, agent, name, status, seconds?, input?, output?, usage?}], `seconds` being how long it took so
-- far. A step that is done stays as it is.
create function worker.record_steps(p_task uuid, p_lease uuid, p_steps jsonb[]) returns text
language plpgsql set search_path = ''
as $$
declare
  v_verdict text := private.hold(p_task, p_lease);
begin
  if v_verdict <> 'lost' then
    insert into public.agent_task_steps
      (task_id, life, attempt, key, kind, agent, name, status, input, output, usage, started_at, finished_at)
    select r.id, r.life, r.attempt, s ->> 'key', s ->> 'kind', s ->> 'agent', s ->> 'name', s ->> 'status',
      s -> 'input', s -> 'output', s -> 'usage',
      worker.now() - make_interval(secs => coalesce((s ->> 'seconds')::double precision, 0)),
      case when s ->> 'status' = 'done' then worker.now() end
    from public.agent_task_requests r,
      -- A step that begins and ends in one batch is written as it ended.
      (select distinct on (s ->> 'key') s from unnest(p_steps) with ordinality u (s, n) order by s ->> 'key', n desc) latest
    where r.id = p_task
    on conflict (task_id, life, key) do update
      set status = excluded.status, output = excluded.output, usage = excluded.usage,
        finished_at = excluded.finished_at, attempt = excluded.attempt
      where agent_task_steps.status = 'started';
  end if;
  return v_verdict;
end
$$;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.hold to service_role;
