-- Approvals: a person's consent to a tool call, waited for without holding anything.
--
-- A tool call that needs consent is a row here. Its task ends the attempt as `waiting` and holds no slot, lease or
-- connection until the row has been decided, be it in days; then it goes on, and the tool is called or the agent told why
-- not. Who decided what is on record for good.
--
-- States of an approval:
--   open ──(the first rejection)──▶ rejected
--   open ──(approved by `quorum` different people, or by a server)──▶ approved
--   open ──(expires_at)──▶ expired
--   open ──(its task ended, or has begun a new life)──▶ void
-- None of the four is left again. A task waits as long as one of its life is open. One that is decided before the task
-- has come to wait is not lost: who settles looks under the lock of the request, and leaves a note for the next claim.
--
-- Who may decide (`decider`), by rows that are read at each call:
--   owner    the user of the task, as long as a member of its enterprise
--   member   any member of its enterprise
--   admin    any admin of its enterprise
-- Platform admins may always, and servers, whose word alone fulfils any quorum. With `not_asker` never the task's user.
--
-- The latest word of each counts while it is open: who has approved may still reject. Where `may_edit` allows, an approver
-- may change the arguments; approvals before that were of something else and count no more, and those after it accept
-- what is there. Who would be sure sends the arguments that were read: where they differ, it is an edit.
--
-- Lock order: request, then approval. Whoever ends a request holds its lock, so nothing is decided beside its end.
--
-- Verbs: worker.ask_approvals → continue | cancel | lost · public.decide_agent_approval
-- Errors: 42501 no such approval, or not yours to decide · PT409 not open any more · 22023 malformed.

create table public.agent_approvals (
  id uuid primary key default gen_random_uuid(),
  task_id uuid not null references public.agent_task_requests on delete cascade,
  life integer not null,
  key text not null,
  enterprise_id uuid,
  asker_id uuid,
  agent text not null,
  tool_name text not null,
  arguments jsonb not null,
  status text not null default 'open'
    constraint status_is_known check (status in ('open', 'approved', 'rejected', 'expired', 'void')),
  decider text not null default 'owner' constraint decider_is_known check (decider in ('owner', 'member', 'admin')),
  quorum smallint not null default 1 constraint quorum_is_from_1_to_5 check (quorum between 1 and 5),
  not_asker boolean not null default false,
  may_edit boolean not null default false,
  expires_at timestamptz,
  reason text,
  edited_arguments jsonb,
  decided_by uuid,
  decided_at timestamptz,
  created_at timestamptz not null,
  constraint approval_key_is_unique unique (task_id, life, key),
  constraint decided_at_tells_the_end check ((status = 'open') = (decided_at is null)),
  constraint somebody_may_decide check (decider <> 'owner' or (quorum = 1 and not not_asker))
);
comment on column public.agent_approvals.key is 'Of its step in the journal: tool:<scope>/<callId>.';
comment on column public.agent_approvals.asker_id is 'The user of the task; null for tasks of nobody.';
comment on column public.agent_approvals.reason is 'In the words of who closed it; decided_by is null for servers and where nobody did.';
comment on column public.agent_approvals.edited_arguments is 'What is to be used instead of arguments; null: nothing was changed.';
comment on column public.agent_approvals.decided_at is 'When it ceased to be open, in whatever way.';

create index approvals_of_enterprise on public.agent_approvals (enterprise_id, created_at desc);
create index approvals_to_expire on public.agent_approvals (expires_at) where status = 'open' and expires_at is not null;

create table public.agent_approval_decisions (
  id bigint generated always as identity primary key,
  approval_id uuid not null references public.agent_approvals on delete cascade,
  user_id uuid,
  decision text not null constraint decision_is_known check (decision in ('approve', 'reject')),
  reason text,
  edited_arguments jsonb,
  decided_at timestamptz not null
);
create index approval_decisions_of_approval on public.agent_approval_decisions (approval_id, id);
comment on table public.agent_approval_decisions is 'Every word said on an approval, in order. Rows are only added.';
comment on column public.agent_approval_decisions.user_id is 'Null: a server or the dashboard.';
comment on column public.agent_approval_decisions.edited_arguments is 'Only where this decision changed them.';

alter table public.agent_approvals enable row level security;
alter table public.agent_approval_decisions enable row level security;
revoke all on public.agent_approvals, public.agent_approval_decisions from anon, authenticated;
revoke all on sequence public.agent_approval_decisions_id_seq from anon, authenticated;
grant select on public.agent_approvals, public.agent_approval_decisions to authenticated;
grant all on public.agent_approvals, public.agent_approval_decisions to service_role;

-- Who may decide and does not see the task: members, and admins of the enterprise that the task had when it asked.
create policy "see what the tasks one sees ask, and what one may decide" on public.agent_approvals
  for select to authenticated
  using (
    exists (select from public.agent_task_requests r where r.id = task_id)
    or (decider = 'member' and enterprise_id in (select private.my_enterprises()))
    or (decider = 'admin' and enterprise_id in (select private.my_admin_enterprises()))
  );

create policy "see the decisions on the approvals one sees" on public.agent_approval_decisions
  for select to authenticated
  using (exists (select from public.agent_approvals a where a.id = approval_id));

alter publication supabase_realtime add table public.agent_approvals;

-- So that the end of a task that has asked nobody, which is nearly every one, looks for no approvals.
alter table public.agent_task_requests add column has_asked boolean not null default false;
comment on column public.agent_task_requests.has_asked is 'It has approvals, of this life or an earlier one.';

-- The journal also tells of guardrails, of steps of a pipeline's own, and of a conversation (sessions).
alter table public.agent_task_steps
  drop constraint kind_is_known,
  add constraint kind_is_known
    check (kind in ('model', 'tool', 'handoff', 'guardrail', 'step', 'history', 'turn', 'retry'));

-- Asking ---------------------------------------------------------------------------------------------------------

-- p_approvals: [{key, agent, tool_name, arguments, decider?, quorum?, not_asker?, may_edit?, expires_seconds?}]. A later
-- attempt asks the same again and changes nothing. A task that is being cancelled asks nobody.
create function worker.ask_approvals(p_task uuid, p_lease uuid, p_approvals jsonb[]) returns text
language plpgsql set search_path = ''
as $$
declare
  v_task public.agent_task_requests;
  v_verdict text;
begin
  select * into v_task from public.agent_task_requests where id = p_task for no key update;
  v_verdict := private.hold(p_task, p_lease);
  if v_verdict <> 'continue' then
    return v_verdict;
  end if;
  insert into public.agent_approvals (task_id, life, key, enterprise_id, asker_id, agent, tool_name, arguments,
    decider, quorum, not_asker, may_edit, expires_at, created_at)
  select v_task.id, v_task.life, a ->> 'key', v_task.enterprise_id, v_task.user_id, a ->> 'agent', a ->> 'tool_name',
    a -> 'arguments', coalesce(a ->> 'decider', 'owner'), coalesce((a ->> 'quorum')::smallint, 1),
    coalesce((a ->> 'not_asker')::boolean, false), coalesce((a ->> 'may_edit')::boolean, false),
    worker.now() + make_interval(secs => (a ->> 'expires_seconds')::double precision), worker.now()
  from unnest(p_approvals) a
  on conflict (task_id, life, key) do nothing;
  update public.agent_task_requests set has_asked = true, version = version + 1, updated_at = worker.now()
  where id = v_task.id and not has_asked and cardinality(p_approvals) > 0;
  return v_verdict;
end
$$;

-- Waiting --------------------------------------------------------------------------------------------------------

create function private.count_open_approvals(p_task uuid, p_life integer) returns integer
language sql stable set search_path = ''
as $$
  select count(*)::integer from public.agent_approvals where task_id = p_task and life = p_life and status = 'open'
$$;

-- Whether something must happen before it can go on.
create function private.has_to_wait(p_request public.agent_task_requests) returns boolean
language sql stable set search_path = ''
as $$
  select private.has_open_children(p_request.id)
    or (p_request.has_asked and private.count_open_approvals(p_request.id, p_request.life) > 0)
$$;

comment on table worker.parents_to_check is 'Tasks that may not have to wait any longer, for whatever they waited.';

-- Has the next claim look whether it can go on, and wakes somebody to make it.
-- Security definer: whoever decides has no right to the queue.
create function private.note_waiting(p_task uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  insert into worker.parents_to_check (parent_id) values (p_task);
  perform private.tell_workers('wake', null, true);
end
$$;

-- Replaces the one of "lanes": a task waits for approvals, too.
create or replace function private.ending_of(p_outcome text, p_detail jsonb, p_task public.agent_task_requests)
returns private.ending
language plpgsql volatile set search_path = ''
as $$
declare
  c_snoozes constant integer := 100;
  v_ending private.ending;
  v_seconds constant double precision := coalesce((p_detail ->> 'after_seconds')::double precision, 0);
begin
  v_ending.status := p_outcome;
  v_ending.error := p_detail -> 'error';
  v_ending.response := nullif(p_detail -> 'response', 'null');
  v_ending.refund := (p_outcome in ('released', 'snooze', 'waiting'))::integer;

  if p_outcome in ('retry', 'snooze', 'released', 'waiting') and p_task.cancel_requested_at is not null then
    v_ending.status := 'cancelled';
    v_ending.error := null;
  elsif p_outcome = 'retry' then
    v_ending.status := case when p_task.attempt >= p_task.max_attempts then 'failed' else 'scheduled' end;
    v_ending.run_at := worker.now() + greatest(private.retry_delay(p_task.attempt), make_interval(secs => v_seconds));
  elsif p_outcome = 'snooze' then
    v_ending.status := case when p_task.snooze_count >= c_snoozes then 'failed' else 'scheduled' end;
    v_ending.run_at := worker.now() + make_interval(secs => v_seconds);
  elsif p_outcome = 'released' then
    v_ending.status := 'pending';
  elsif p_outcome = 'waiting' then
    v_ending.status := case when private.has_to_wait(p_task) then 'waiting' else 'pending' end;
  elsif pg_column_size(v_ending.response) > 40000 and octet_length(v_ending.response::text) > 262144 then
    v_ending.response := null;
    if p_outcome = 'completed' then
      v_ending.status := 'failed';
      v_ending.error := jsonb_build_object('code', 'response_too_large', 'retryable', false,
        'message', 'The answer is larger than 256 KiB. Ask for less, or have the pipeline store it and answer with its id.');
    end if;
  end if;

  if v_ending.status = 'scheduled' and v_ending.run_at >= p_task.deadline_at then
    v_ending.status := 'failed';
    v_ending.error := private.deadline_exceeded();
  end if;
  return v_ending;
end
$$;

-- Lets scheduled tasks that are due line up, and those that need not wait any longer. Replaces the one of "lanes": these
-- may have waited for more than children.
create or replace function private.promote_due(p_limit integer) returns void
language plpgsql set search_path = '' set enable_seqscan = off
as $$
declare
  v_ids uuid[] := array(
    select task_id from worker.queue where due_at <= (select worker.now()) order by due_at limit p_limit);
  v_notes bigint[] := array(select id from worker.parents_to_check order by id limit p_limit);
  v_promoted public.agent_task_requests[];
begin
  if cardinality(v_ids) + cardinality(v_notes) = 0 then
    return;
  end if;
  v_ids := v_ids || array(select distinct parent_id from worker.parents_to_check where id = any (v_notes));
  v_ids := array(
    select r.id from public.agent_task_requests r
    where r.id = any (v_ids) and r.status in ('scheduled', 'waiting') order by r.id for no key update skip locked);
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
  where n.id = any (v_notes) and (n.parent_id = any (v_ids) or not exists (
    select from public.agent_task_requests r where r.id = n.parent_id and r.status = 'waiting'));
end
$$;

-- Deciding -------------------------------------------------------------------------------------------------------

-- Whether the caller may decide on it.
create function private.may_decide(p_approval public.agent_approvals) returns boolean
language sql stable set search_path = ''
as $$
  select private.is_server() or (
    (not p_approval.not_asker or (select auth.uid()) is distinct from p_approval.asker_id)
    and coalesce((select private.is_platform_admin()) or case p_approval.decider
      when 'owner' then p_approval.asker_id = (select auth.uid())
        -- Whoever has left an enterprise has no say there any more.
        and (p_approval.enterprise_id is null or p_approval.enterprise_id in (select private.my_enterprises()))
      when 'member' then p_approval.enterprise_id in (select private.my_enterprises())
      else p_approval.enterprise_id in (select private.my_admin_enterprises()) end, false))
$$;

-- The different people who have approved what is there now; servers count as one.
create function private.approvers_of(p_approval uuid) returns table (user_id uuid)
language sql stable set search_path = ''
as $$
  select distinct d.user_id from public.agent_approval_decisions d
  where d.approval_id = p_approval and d.decision = 'approve' and d.id >= coalesce((
    select max(e.id) from public.agent_approval_decisions e
    where e.approval_id = p_approval and e.edited_arguments is not null), 0)
$$;

-- Whether the caller's last word on it was the same, and still counts.
create function private.has_said(p_approval public.agent_approvals, p_decision text) returns boolean
language sql stable set search_path = ''
as $$
  select case p_decision
    when 'approve' then p_approval.status in ('open', 'approved') and exists (
      select from private.approvers_of(p_approval.id) a where a.user_id is not distinct from (select auth.uid()))
    else p_approval.status = 'rejected' and p_approval.decided_by is not distinct from (select auth.uid()) end
$$;

create function private.check_decision(p_decision text, p_reason text, p_edited jsonb, p_may_edit boolean) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if p_decision is null or p_decision not in ('approve', 'reject') then
    raise exception 'A decision is "approve" or "reject", not "%".', left(p_decision, 100) using errcode = '22023';
  elsif length(p_reason) > 2000 then
    raise exception 'The reason has % characters; at most 2000 are taken.', length(p_reason) using errcode = '22023';
  elsif p_edited is null then
    return;
  elsif p_decision = 'reject' or not p_may_edit then
    raise exception 'These arguments cannot be edited.'
      using errcode = '22023', hint = 'Approve them as they are, or reject them and say in the reason what should change.';
  elsif jsonb_typeof(p_edited) <> 'object' then
    raise exception 'edited_arguments must be a JSON object.' using errcode = '22023';
  elsif octet_length(p_edited::text) > 65536 then
    raise exception 'edited_arguments has % bytes; at most 65536 (64 KiB) are taken.', octet_length(p_edited::text)
      using errcode = '22023';
  end if;
end
$$;

-- Says why nothing can be decided any more, if that is so.
create function private.check_is_open(p_approval public.agent_approvals, p_task public.agent_task_requests) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  if p_approval.status <> 'open' or p_approval.expires_at <= worker.now() then
    raise exception '%', case
        when p_approval.status in ('approved', 'rejected') then format('This has been %s already.', p_approval.status)
        when p_approval.status <> 'void' then 'This has expired.'
        when p_task.life > p_approval.life then 'The task has begun anew since this was asked.'
        else format('The task is %s by now.', p_task.status) end
      using errcode = 'PT409', hint = 'Load the approval again to see how it ended.';
  end if;
end
$$;

-- Approves or rejects a tool call, and returns the approval as it is now. Saying the same again changes nothing.
-- Security definer: nobody may update approvals; this is the one change that a decider may ask for.
create function public.decide_agent_approval(
  approval_id uuid, decision text, reason text default null, edited_arguments jsonb default null
)
returns public.agent_approvals
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_now constant timestamptz := worker.now();
  -- Some gateways hand a jsonb argument over as text inside of a JSON string.
  v_edited jsonb := nullif(
    case jsonb_typeof(edited_arguments) when 'string' then (edited_arguments #>> '{}')::jsonb else edited_arguments end, 'null');
  v_approval public.agent_approvals;
  v_task public.agent_task_requests;
begin
  select * into v_approval from public.agent_approvals a where a.id = approval_id;
  -- Before any lock, so that a stranger holds nobody up.
  if private.may_decide(v_approval) and v_approval.id is not null then
    select * into v_task from public.agent_task_requests r where r.id = v_approval.task_id for no key update;
    select * into v_approval from public.agent_approvals a where a.id = approval_id for no key update;
  else
    v_approval := null;
  end if;
  if v_approval.id is null then
    raise exception 'There is no approval % that you may decide.', approval_id using errcode = '42501';
  end if;

  perform private.check_decision(decision, reason, v_edited, v_approval.may_edit);
  -- What is there already is no edit.
  v_edited := nullif(v_edited, coalesce(v_approval.edited_arguments, v_approval.arguments));
  if v_edited is null and private.has_said(v_approval, decision) then
    return v_approval;
  end if;
  perform private.check_is_open(v_approval, v_task);

  insert into public.agent_approval_decisions (approval_id, user_id, decision, reason, edited_arguments, decided_at)
  values (approval_id, (select auth.uid()), decision, reason, v_edited, v_now);
  update public.agent_approvals a set edited_arguments = coalesce(v_edited, a.edited_arguments) where a.id = approval_id;
  if decision = 'reject' or private.is_server()
    or (select count(*) from private.approvers_of(approval_id)) >= v_approval.quorum
  then
    update public.agent_approvals a
    set status = case decision when 'approve' then 'approved' else 'rejected' end, reason = decide_agent_approval.reason,
      decided_by = (select auth.uid()), decided_at = v_now
    where a.id = approval_id;
    if v_task.status = 'waiting' and private.count_open_approvals(v_task.id, v_task.life) = 0 then
      perform private.note_waiting(v_task.id);
    end if;
  end if;

  if (select auth.uid()) is null or (select auth.uid()) is distinct from v_task.user_id then
    perform private.record_action(decision, v_task.id, v_task.enterprise_id,
      jsonb_build_object('approval_id', approval_id, 'tool_name', v_approval.tool_name, 'edited', v_edited is not null));
  end if;
  select * into v_approval from public.agent_approvals a where a.id = approval_id;
  return v_approval;
end
$$;

revoke execute on function public.decide_agent_approval from public, anon;
grant execute on function public.decide_agent_approval to authenticated, service_role;

-- Ends that nobody decides ---------------------------------------------------------------------------------------

-- Security definer: whoever cancels a task has no right to its approvals.
create function private.void_approvals() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.agent_approvals set status = 'void', decided_at = worker.now()
  where task_id = new.id and status = 'open';
  return null;
end
$$;

create trigger void_approvals after update on public.agent_task_requests
  for each row when (
    old.has_asked and ((new.finished_at is not null and old.finished_at is null) or new.life > old.life))
  execute function private.void_approvals();

-- Closes what has not been decided in time; the task goes on, and its agent is told.
create function private.expire_approvals(p_limit integer) returns void
language plpgsql set search_path = '' set enable_seqscan = off
as $$
declare
  v_tasks uuid[] := array(
    select task_id from public.agent_approvals
    where status = 'open' and expires_at <= (select worker.now()) order by expires_at limit p_limit);
begin
  if cardinality(v_tasks) = 0 then
    return;
  end if;
  v_tasks := array(
    select id from public.agent_task_requests where id = any (v_tasks) order by id for no key update skip locked);
  with expired as (
    update public.agent_approvals set status = 'expired', decided_at = worker.now()
    where task_id = any (v_tasks) and status = 'open' and expires_at <= (select worker.now())
    returning task_id
  )
  insert into worker.parents_to_check (parent_id) select distinct task_id from expired;
end
$$;

-- Does up to p_limit of each. Returns {reaped: [{task_id, status}], expired, pruned, has_due_schedules} (which a worker has
-- to see to, because the database reads no cron), or null when somebody else is at it. Replaces the one of "upkeep":
-- approvals expire.
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
  select coalesce(jsonb_agg(jsonb_build_object('task_id', r.task_id, 'status', r.status)), '[]') into v_reaped
  from worker.reap(p_limit) r;
  v_expired := private.expire_due(p_limit);
  perform private.expire_approvals(p_limit);
  perform private.promote_due(p_limit);
  perform private.sweep_lanes(p_limit);
  return jsonb_build_object('reaped', v_reaped, 'expired', v_expired, 'pruned', v_pruned,
    'has_due_schedules', exists (select from worker.due_schedules(1)));
end
$$;

-- Why it waits ---------------------------------------------------------------------------------------------------

-- What a waiting task waits for.
create function private.explain_waiting(p_task public.agent_task_requests) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_approvals constant integer := private.count_open_approvals(p_task.id, p_task.life);
begin
  if v_approvals > 0 then
    return jsonb_build_object('reason', 'approval', 'open', v_approvals);
  end if;
  return jsonb_build_object('reason', 'children', 'open', (
    select count(*) from public.agent_task_requests c where c.parent_id = p_task.id and c.finished_at is null));
end
$$;

-- What "lanes" says of all others.
alter function public.explain_wait(uuid) set schema private;
alter function private.explain_wait(uuid) rename to explain_place;
revoke execute on function private.explain_place from authenticated;

-- Why a task is not at work: {reason, …}. Reasons, the weightiest first:
--   at_work {host, since, stuck}   it runs; stuck: its worker is silent
--   ended {status}
--   scheduled {until}              it was submitted for later
--   retry {until, error}           it failed and is tried again
--   rate {until, error}            the provider asked to come back later
--   approval {open}                it waits for the decision of a person
--   children {open}                it waits for the tasks that it has made
--   paused {kind, since}           its kind is paused
--   no_worker {kind}               no living worker takes its kind
--   tenant_cap {cap}, kind_cap {cap}   as many as allowed are at work
--   position {ahead}               so many of its tenant and kind come first (counted up to 1000), or all slots are taken
-- Security definer: users have no right to the queue; the check of the task comes first.
create function public.explain_wait(task_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_task public.agent_task_requests;
begin
  perform private.check_may_act(array[task_id]);
  select * into v_task from public.agent_task_requests r where r.id = task_id;
  return case v_task.status when 'waiting' then private.explain_waiting(v_task) else private.explain_place(task_id) end;
end
$$;
revoke execute on function public.explain_wait from public, anon;
grant execute on function public.explain_wait to authenticated, service_role;

-- People ---------------------------------------------------------------------------------------------------------

-- Who these users are, for those who share an enterprise with them and for platform admins: a decision is worth the name
-- on it. Of others nothing comes back. At most 200 at once.
-- Security definer: users may not read auth.users.
create function public.agent_people(user_ids uuid[]) returns table (user_id uuid, email text)
language sql stable security definer set search_path = ''
as $$
  select u.id, u.email::text from auth.users u
  where u.id = any (user_ids[1:200]) and (
    u.id = (select auth.uid())
    or (select private.is_platform_admin())
    or exists (
      select from public.enterprise_members m
      where m.user_id = u.id and m.enterprise_id in (select private.my_enterprises())))
$$;
revoke execute on function public.agent_people from public, anon;
grant execute on function public.agent_people to authenticated;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.count_open_approvals, private.has_to_wait, private.expire_approvals to service_role;
