-- Escalations: a person takes over from the agents, and gives back; and where each item of a conversation comes from.
--
-- States: open ──(take_escalation)──▶ taken ──(close_escalation)──▶ closed; an open one is closed without being taken, too.
-- A session has at most one that is not closed. Until it is, agents keep silent: a turn ends at once and its message is kept.
-- Admins of the session's enterprise take, answer and close, platform admins those of all, and of no enterprise; the
-- session's user may close it to go on with the agents. Who has taken it answers, and nobody else; when that one is no
-- longer an admin, another may take it over.
--
-- Items of a session come from turns, and besides from a person who answers, or from a conversation by voice that the
-- browser has had. These are added only while no turn is under way, under the lock of the session, so that no two add at
-- once. What a browser says was spoken is its user's own word. It can only be text, of a user or an assistant: a system
-- message or the result of a tool cannot be slipped in.
--
-- Agents that hand over while they speak do so in the browser, which tells of it (hand_over_by_voice), as a decision that
-- everybody who sees the session hears of. It has to be one that the agent may make by the session's version of its scenario;
-- that it was made is its user's own word.
--
-- An item is sent to the model provider as it is, so what else is known of it stands in columns beside it.
--
-- Verbs: take_escalation · answer_escalation · close_escalation · append_voice_items · hand_over_by_voice. Tool: escalate_to_human {reason}.
-- Lock order: session, request, ticket, scenario_sessions, escalation.
-- Errors: 22023 malformed · 42501 not yours · PT409 not now: a turn is under way, or it is taken or closed · PT429 too many.

alter table public.agent_session_items
  add column source text constraint source_is_known check (source in ('voice', 'human')),
  add column agent text,
  add column author_id uuid,
  add column voice_item_id text constraint voice_item_id_is_short check (length(voice_item_id) between 1 and 100),
  add constraint item_is_of_a_task_or_says_its_source check (task_id is null or source is null),
  add constraint human_item_has_an_author check ((source is not distinct from 'human') or author_id is null),
  add constraint voice_item_has_an_id check ((source is not distinct from 'voice') = (voice_item_id is not null));
comment on column public.agent_session_items.source is 'Null: as the request of its task says.';
comment on column public.agent_session_items.agent is 'Which agent spoke, of voice; that of a turn is in its answer.';
comment on column public.agent_session_items.author_id is 'The person who answered. Null for a server.';
create unique index voice_item_is_added_once on public.agent_session_items (session_id, voice_item_id)
  where voice_item_id is not null;

create table public.scenario_escalations (
  id uuid primary key default gen_random_uuid(),
  session_id uuid not null,
  reason text not null,
  status text not null default 'open' constraint escalation_status_is_known check (status in ('open', 'taken', 'closed')),
  taken_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint open_is_not_taken check (status <> 'open' or taken_by is null)
);
create unique index one_escalation_at_a_time on public.scenario_escalations (session_id) where status <> 'closed';
create index scenario_escalations_of_session on public.scenario_escalations (session_id, created_at);
create index scenario_escalations_by_time on public.scenario_escalations (status, created_at);
comment on column public.scenario_escalations.taken_by is 'Who has taken it. Null for a server.';

alter table public.scenario_escalations enable row level security;
revoke all on public.scenario_escalations from anon, authenticated;
grant select on public.scenario_escalations to authenticated;
grant all on public.scenario_escalations to service_role;

create policy "see the escalations in the sessions one sees" on public.scenario_escalations for select to authenticated
  using (exists (select from public.agent_sessions s where s.id = session_id));

alter publication supabase_realtime add table public.scenario_escalations;

-- Replaces the one of "scenario sessions", which knew no escalations.
-- Security definer: who deletes a session has no right to these.
create or replace function private.drop_scenario_session() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.scenario_sessions where session_id in (select id from removed);
  delete from public.scenario_decisions where session_id in (select id from removed);
  delete from public.scenario_escalations where session_id in (select id from removed);
  return null;
end
$$;

-- Asking for a person ----------------------------------------------------------------------------------------------

-- Security definer: users may not write escalations.
create function agent_tools.escalate_to_human(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  c_most constant integer := 10;
  v_session constant uuid := (private.scenario_session_of(p_task)).session_id;
  v_reason constant text := btrim(p_input ->> 'reason');
  v_now constant timestamptz := worker.now();
  v_escalation public.scenario_escalations;
begin
  if coalesce(length(v_reason), 0) not between 1 and 500 then
    raise exception 'Say why in 1 to 500 characters.' using errcode = '22023';
  end if;
  -- Whoever deletes the session waits for this, and finds what is written here.
  perform from public.scenario_sessions where session_id = v_session for no key update;
  if not found then
    raise exception 'This is no conversation that a person could join.' using errcode = '22023';
  end if;
  select * into v_escalation from public.scenario_escalations where session_id = v_session and status <> 'closed';
  if not found then
    if (
      select count(*) from public.scenario_escalations e join public.agent_sessions s on s.id = e.session_id
      where s.user_id = (select auth.uid()) and e.status <> 'closed') >= c_most
    then
      raise exception 'You wait for a person in % conversations already, which is the limit.', c_most using errcode = 'PT429';
    end if;
    insert into public.scenario_escalations (session_id, reason, created_at, updated_at)
    values (v_session, v_reason, v_now, v_now) returning * into v_escalation;
  end if;
  return jsonb_build_object('escalation', v_escalation.id, 'status', v_escalation.status);
end
$$;

-- Answering --------------------------------------------------------------------------------------------------------

-- The session of an escalation, if the caller looks after it.
create function private.session_of_escalation(p_escalation uuid) returns public.agent_sessions
language plpgsql stable set search_path = ''
as $$
declare
  v_session public.agent_sessions;
begin
  select s.* into v_session
  from public.scenario_escalations e join public.agent_sessions s on s.id = e.session_id
  where e.id = p_escalation and (private.is_server() or (select private.is_platform_admin())
    or s.enterprise_id in (select private.my_admin_enterprises()));
  if not found then
    raise exception 'There is no escalation % that you look after.', p_escalation using errcode = '42501';
  end if;
  return v_session;
end
$$;

-- Refuses what is not true of an escalation any more.
create function private.check_escalation(p_escalation public.scenario_escalations, p_is_taken_by_caller boolean) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if p_escalation.status is distinct from 'open' and p_escalation.status is distinct from 'taken' then
    raise exception 'The escalation is closed.' using errcode = 'PT409', hint = 'Load it again.';
  elsif p_escalation.status = 'taken' and p_escalation.taken_by is distinct from (select auth.uid()) then
    raise exception 'Somebody else has taken the escalation.' using errcode = 'PT409', hint = 'Load it again.';
  elsif p_is_taken_by_caller and p_escalation.status = 'open' then
    raise exception 'Nobody has taken the escalation.' using errcode = 'PT409', hint = 'Take it first.';
  end if;
end
$$;

-- Whether somebody looks after the escalations of an enterprise, or of none.
create function private.looks_after(p_user uuid, p_enterprise uuid) returns boolean
language sql stable set search_path = ''
as $$
  select exists (select from public.platform_admins a where a.user_id = p_user)
    or exists (
      select from public.enterprise_members m
      where m.user_id = p_user and m.enterprise_id = p_enterprise and m.role = 'admin')
$$;

-- Security definer: users may not write escalations; this is how admins do.
create function public.take_escalation(escalation_id uuid) returns public.scenario_escalations
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_session constant public.agent_sessions := private.session_of_escalation(escalation_id);
  v_escalation public.scenario_escalations;
  v_is_left boolean;
begin
  select * into v_escalation from public.scenario_escalations e where e.id = escalation_id for no key update;
  v_is_left := v_escalation.status = 'taken' and v_escalation.taken_by is not null
    and not private.looks_after(v_escalation.taken_by, v_session.enterprise_id);
  if v_is_left is not true then
    perform private.check_escalation(v_escalation, p_is_taken_by_caller => false);
  end if;
  if v_is_left or v_escalation.status = 'open' then
    update public.scenario_escalations e
    set status = 'taken', taken_by = (select auth.uid()), updated_at = worker.now()
    where e.id = escalation_id returning * into v_escalation;
    perform private.record_action('take_escalation', null, v_session.enterprise_id,
      jsonb_build_object('escalation_id', escalation_id, 'session_id', v_session.id));
  end if;
  return v_escalation;
end
$$;

-- Locks a session in which no turn is under way. Whoever adds to it then is alone: each turn begins under this lock.
create function private.hold_silent_session(p_session uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  perform from public.agent_sessions where id = p_session for no key update;
  if not found then
    raise exception 'The session is gone.' using errcode = '42501';
  elsif exists (select from public.agent_task_requests where session_id = p_session and finished_at is null) then
    raise exception 'A turn of the session is under way.' using errcode = 'PT409', hint = 'Try again when it has ended.';
  end if;
end
$$;

-- A message as the OpenAI Agents SDK has it.
create function private.message_item(p_role text, p_text text) returns jsonb
language sql immutable set search_path = ''
as $$
  select case p_role
    when 'user' then jsonb_build_object('type', 'message', 'role', 'user', 'content', p_text)
    else jsonb_build_object('type', 'message', 'role', 'assistant', 'status', 'completed',
      'content', jsonb_build_array(jsonb_build_object('type', 'output_text', 'text', p_text))) end
$$;

-- Security definer: users may not write items; this is how a person answers.
create function public.answer_escalation(escalation_id uuid, text text) returns public.scenario_escalations
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_session constant public.agent_sessions := private.session_of_escalation(escalation_id);
  v_now constant timestamptz := worker.now();
  v_text constant text := btrim(text);
  v_escalation public.scenario_escalations;
begin
  if coalesce(length(v_text), 0) not between 1 and 8000 then
    raise exception 'An answer has 1 to 8000 characters.' using errcode = '22023';
  end if;
  perform private.hold_silent_session(v_session.id);
  select * into v_escalation from public.scenario_escalations e where e.id = escalation_id for no key update;
  perform private.check_escalation(v_escalation, p_is_taken_by_caller => true);

  insert into public.agent_session_items (session_id, seq, kind, item, source, author_id, created_at)
  values (v_session.id, 1 + coalesce((select max(i.seq) from public.agent_session_items i where i.session_id = v_session.id), 0),
    'item', private.message_item('assistant', v_text), 'human', (select auth.uid()), v_now);
  update public.agent_sessions s set updated_at = v_now where s.id = v_session.id;
  update public.scenario_escalations e set updated_at = v_now where e.id = escalation_id returning * into v_escalation;
  return v_escalation;
end
$$;

-- Security definer: users may not write escalations; this is how admins and the session's user do.
create function public.close_escalation(escalation_id uuid) returns public.scenario_escalations
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_session public.agent_sessions;
  v_escalation public.scenario_escalations;
begin
  select s.* into v_session
  from public.scenario_escalations e join public.agent_sessions s on s.id = e.session_id
  where e.id = escalation_id and s.user_id = (select auth.uid())
    and (s.enterprise_id is null or s.enterprise_id in (select private.my_enterprises()));
  if not found then
    v_session := private.session_of_escalation(escalation_id);
  end if;
  update public.scenario_escalations e set status = 'closed', updated_at = worker.now()
  where e.id = escalation_id and e.status <> 'closed' returning * into v_escalation;
  if found then
    perform private.record_action('close_escalation', null, v_session.enterprise_id,
      jsonb_build_object('escalation_id', escalation_id, 'session_id', v_session.id));
  else
    select * into v_escalation from public.scenario_escalations e where e.id = escalation_id;
  end if;
  return v_escalation;
end
$$;

revoke execute on function public.take_escalation, public.answer_escalation, public.close_escalation from public, anon;
grant execute on function public.take_escalation, public.answer_escalation, public.close_escalation to authenticated, service_role;

-- Voice ------------------------------------------------------------------------------------------------------------

-- Refuses items that are not [{role: user | assistant, text, agent?, item_id}], the agents being those of the definition.
create function private.check_voice_items(p_items jsonb, p_definition jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
  v_wrong bigint;
begin
  if jsonb_typeof(p_items) is distinct from 'array' or jsonb_array_length(p_items) > 100 then
    raise exception 'Give the items as a list of up to 100.' using errcode = '22023';
  end if;
  select min(n) into v_wrong from jsonb_array_elements(p_items) with ordinality u (item, n)
  where not coalesce(case jsonb_typeof(item) when 'object' then
    private.has_keys(item - 'agent', '{role,text,item_id}') and item ->> 'role' in ('user', 'assistant')
    and private.is_line(item -> 'text', 8000) and private.is_line(item -> 'item_id', 100)
    and (not item ? 'agent' or item ->> 'role' = 'assistant' and private.has_agent(p_definition, item ->> 'agent')) end, false);
  if v_wrong is not null then
    raise exception 'Item % is not {role: user or assistant, text of up to 8000 characters, item_id, agent? of an assistant}.', v_wrong
      using errcode = '22023';
  end if;
end
$$;

-- The definition by which a session of the caller's by voice goes.
create function private.spoken_definition(p_session uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_definition jsonb;
begin
  select v.definition into v_definition
  from public.agent_sessions s join public.scenario_sessions b on b.session_id = s.id
  join public.scenario_versions v on v.scenario_id = b.scenario_id and v.version = b.version
  where s.id = p_session and s.user_id = (select auth.uid())
    and (s.enterprise_id is null or s.enterprise_id in (select private.my_enterprises()));
  if not found then
    raise exception 'There is no session % with a scenario that you may use.', p_session using errcode = '42501';
  end if;
  return v_definition;
end
$$;

-- Adds what was spoken to a session of one's own; what has been added before is passed over. → how many were added
-- Security definer: users may not write items.
create function public.append_voice_items(session_id uuid, items jsonb) returns integer
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  c_most constant integer := 2000;
  v_now constant timestamptz := worker.now();
  v_items constant jsonb := case jsonb_typeof(items) when 'string' then (items #>> '{}')::jsonb else items end;
  v_definition constant jsonb := private.spoken_definition(session_id);
  v_last bigint;
  v_added integer;
begin
  perform private.check_voice_items(v_items, v_definition);
  perform private.hold_silent_session(session_id);

  select coalesce(max(i.seq), 0) into v_last from public.agent_session_items i where i.session_id = append_voice_items.session_id;
  insert into public.agent_session_items (session_id, seq, kind, item, source, agent, voice_item_id, created_at)
  select session_id, v_last + row_number() over (order by n), 'item',
    private.message_item(spoken ->> 'role', spoken ->> 'text'), 'voice', spoken ->> 'agent', spoken ->> 'item_id', v_now
  from (
    select distinct on (spoken ->> 'item_id') spoken, n from jsonb_array_elements(v_items) with ordinality u (spoken, n)
    order by spoken ->> 'item_id', n) fresh
  where not exists (
    select from public.agent_session_items i
    where i.session_id = append_voice_items.session_id and i.voice_item_id = fresh.spoken ->> 'item_id');
  get diagnostics v_added = row_count;
  if (
    select count(*) from public.agent_session_items i
    where i.session_id = append_voice_items.session_id and i.voice_item_id is not null) > c_most
  then
    raise exception 'The session has % items by voice, which is the limit.', c_most using errcode = 'PT429', hint = 'Begin a new one.';
  end if;

  update public.agent_sessions s set updated_at = v_now where s.id = session_id and v_added > 0;
  return v_added;
end
$$;


-- Whether an agent may hand over to another.
create function private.may_hand_over(p_definition jsonb, p_from text, p_to text) returns boolean
language sql immutable set search_path = ''
as $$
  select jsonb_path_exists(p_definition, '$.agents[*] ? (@.name == $from).handoffs[*] ? (@ == $to)',
    jsonb_build_object('from', p_from, 'to', p_to))
$$;

-- Makes another agent the active one of a session of one's own, since the one that spoke has handed over. The same id again
-- gives what is there.
-- Security definer: users may not write decisions.
create function public.hand_over_by_voice(session_id uuid, decision_id uuid, from_agent text, to_agent text)
returns public.scenario_decisions
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  c_most constant integer := 1000;
  v_definition constant jsonb := private.spoken_definition(session_id);
  v_decision public.scenario_decisions;
begin
  if private.may_hand_over(v_definition, from_agent, to_agent) is not true then
    raise exception 'The agent "%" may not hand over to "%".', left(from_agent, 40), left(to_agent, 40) using errcode = '22023';
  elsif decision_id is null then
    raise exception 'Give the handoff an id.' using errcode = '22023';
  end if;
  -- Whoever deletes the session waits for this, and finds what is written here.
  perform from public.scenario_sessions b where b.session_id = hand_over_by_voice.session_id for no key update;
  if (
    select count(*) from public.scenario_decisions d
    where d.session_id = hand_over_by_voice.session_id) >= c_most
  then
    raise exception 'The session has % decisions, which is the limit.', c_most using errcode = 'PT429', hint = 'Begin a new one.';
  end if;
  insert into public.scenario_decisions (id, session_id, from_agent, to_agent, reason, source, created_at)
  values (decision_id, session_id, from_agent, to_agent, 'Handed over by voice.', 'handoff', worker.now())
  on conflict do nothing returning * into v_decision;
  if found then
    update public.scenario_sessions b set active_agent = to_agent where b.session_id = hand_over_by_voice.session_id;
    return v_decision;
  end if;
  select * into v_decision from public.scenario_decisions d
  where d.id = decision_id and d.session_id = hand_over_by_voice.session_id;
  if not found then
    raise exception 'The id is taken.' using errcode = '22023', hint = 'Take a new one.';
  end if;
  return v_decision;
end
$$;

revoke execute on function public.append_voice_items, public.hand_over_by_voice from public, anon;
grant execute on function public.append_voice_items, public.hand_over_by_voice to authenticated, service_role;

-- Reading ----------------------------------------------------------------------------------------------------------

-- What was said in a session, without calls of tools and what is between agents and models.
create view public.session_transcript with (security_invoker = true) as
  select i.session_id, i.seq, i.item ->> 'role' as role, said.text,
    coalesce(i.source, case r.request_payload ->> 'source' when 'voice' then 'voice' else 'text' end) as source,
    coalesce(i.agent, case when i.source is null and i.item ->> 'role' = 'assistant' then r.response_payload ->> 'agent' end) as agent,
    i.task_id, i.author_id, i.created_at
  from public.agent_session_items i
  left join public.agent_task_requests r on r.id = i.task_id
  cross join lateral (
    select case jsonb_typeof(i.item -> 'content') when 'string' then i.item ->> 'content' else (
      select string_agg(part #>> '{}', '' order by n)
      from jsonb_path_query(i.item, '$.content[*].text') with ordinality u (part, n)) end as text) said
  where i.kind = 'item' and i.item ->> 'role' in ('user', 'assistant') and coalesce(i.item ->> 'type', 'message') = 'message'
    and said.text is not null;
revoke all on public.session_transcript from anon, authenticated;
grant select on public.session_transcript to authenticated, service_role;

revoke execute on all functions in schema worker, private, agent_tools from public;
grant execute on function agent_tools.escalate_to_human to authenticated, service_role;
