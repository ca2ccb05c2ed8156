-- The stream: what happens in a task, in order, while it happens.
--
-- The holder of the lease numbers its deltas itself (seq 1, 2, 3 … within a life) and appends them in batches; a
-- reader who has seen seq n asks for what is greater and so misses and repeats nothing. The rows are the truth; the
-- broadcast on the private topic `task:<id>` only brings the news sooner. After the end the answer is in the row and
-- the steps are in the journal, so deltas are pruned.
--
-- Kinds of deltas: text {text} · reset {} (the text of this step is withdrawn, its call is made anew) ·
--   step {…} (a tool call or handoff began or ended) · agent {name} (who is at work)
--
-- Verbs of the worker: append_deltas → continue | cancel | lost · load_journal · prune(limit).

create table public.agent_task_deltas (
  task_id uuid not null references public.agent_task_requests on delete cascade,
  life integer not null,
  seq integer not null,
  kind text not null constraint kind_is_known check (kind in ('text', 'reset', 'step', 'agent')),
  step_key text not null,
  data jsonb not null,
  created_at timestamptz not null,
  primary key (task_id, life, seq)
);

alter table public.agent_task_deltas enable row level security;
revoke all on public.agent_task_deltas from anon, authenticated;
grant select on public.agent_task_deltas to authenticated;
grant all on public.agent_task_deltas to service_role;

create policy "see the stream of the tasks one sees" on public.agent_task_deltas for select to authenticated
  using (exists (select from public.agent_task_requests r where r.id = task_id));

-- p_deltas: [{seq, kind, step_key, data}]. Sending the same batch again changes nothing.
create function worker.append_deltas(p_task uuid, p_lease uuid, p_deltas jsonb[]) returns text
language plpgsql set search_path = ''
as $$
declare
  v_verdict text := private.hold(p_task, p_lease);
begin
  if v_verdict <> 'lost' then
    insert into public.agent_task_deltas (task_id, life, seq, kind, step_key, data, created_at)
    select r.id, r.life, (d ->> 'seq')::integer, d ->> 'kind', d ->> 'step_key', d -> 'data', worker.now()
    from public.agent_task_requests r, unnest(p_deltas) d
    where r.id = p_task
    on conflict (task_id, life, seq) do nothing;
  end if;
  return v_verdict;
end
$$;

-- What earlier attempts of this life have left: {verdict, last_seq, steps: [{key, status, output}], streamed: [step keys]}.
-- `streamed` names the model calls whose text has been sent, so that a repeated one can withdraw it first, and the steps
-- that have been sent as done, so that the others are sent now.
create function worker.load_journal(p_task uuid, p_lease uuid) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object(
    'verdict', private.hold(p_task, p_lease),
    'last_seq', coalesce((
      select max(d.seq) from public.agent_task_deltas d where d.task_id = r.id and d.life = r.life), 0),
    'steps', coalesce((
      select jsonb_agg(jsonb_build_object('key', s.key, 'status', s.status, 'output', s.output) order by s.id)
      from public.agent_task_steps s where s.task_id = r.id and s.life = r.life), '[]'),
    'streamed', coalesce((
      select jsonb_agg(distinct d.step_key)
      from public.agent_task_deltas d where d.task_id = r.id and d.life = r.life
        and (d.kind = 'text' or (d.kind = 'step' and d.data ->> 'status' = 'done'))), '[]')
  )
  from (select p_task as id) t left join public.agent_task_requests r on r.id = t.id
$$;

-- Removes up to p_limit deltas of tasks that ended more than an hour ago, and workers unseen for a day.
create function worker.prune(p_limit integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_pruned integer;
begin
  delete from worker.workers where beat_at < worker.now() - interval '1 day';
  delete from public.agent_task_deltas
  where ctid = any (array(
    select d.ctid from public.agent_task_deltas d join public.agent_task_requests r on r.id = d.task_id
    where r.finished_at < (select worker.now()) - interval '1 hour' limit p_limit));
  get diagnostics v_pruned = row_count;
  return v_pruned;
end
$$;

-- Who sees a task may listen to its topic; nobody but the worker may speak on it.
create function private.task_of_topic(p_topic text) returns uuid
language sql immutable set search_path = ''
as $$
  select case when p_topic ~ '^task:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then substr(p_topic, 6)::uuid end
$$;

create policy "listen to the tasks one sees" on realtime.messages for select to authenticated
  using (
    extension = 'broadcast'
    and exists (
      select from public.agent_task_requests r where r.id = private.task_of_topic((select realtime.topic()))
    )
  );

-- Topics `user:<id>…` are a user's own, for lists; what is heard there passes row-level security once more.
create policy "listen on one's own topics" on realtime.messages for select to authenticated
  using (extension = 'broadcast' and starts_with((select realtime.topic()), 'user:' || (select auth.uid())));

revoke execute on all functions in schema worker, private from public;
grant execute on function private.task_of_topic to authenticated;
