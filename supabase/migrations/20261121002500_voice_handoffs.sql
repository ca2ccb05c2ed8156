-- Voice handoffs: agents that hand over while they speak do so in the browser, which tells of it here.
--
-- Until now the agents of the spoken items were followed: late, and back again when an item of the one who had spoken before
-- came after. Now a handoff is told when it happens, as a decision that everybody who sees the session hears of. It has to be
-- one that the agent may make by the session's version of its scenario; that it was made is its user's own word.
--
-- Verb: hand_over_by_voice. append_voice_items follows nobody any more.
-- Lock order: session, request, ticket, scenario_sessions.
-- Errors: 22023 the agent may not hand over to that one · 42501 not yours · PT429 too many.

-- Whether an agent may hand over to another.
create function private.may_hand_over(p_definition jsonb, p_from text, p_to text) returns boolean
language sql immutable set search_path = ''
as $$
  select jsonb_path_exists(p_definition, '$.agents[*] ? (@.name == $from).handoffs[*] ? (@ == $to)',
    jsonb_build_object('from', p_from, 'to', p_to))
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

revoke execute on function public.hand_over_by_voice from public, anon;
grant execute on function public.hand_over_by_voice to authenticated, service_role;

-- Adds what was spoken to a session of one's own; what has been added before is passed over. → how many were added
-- Replaces the one of "escalations", which made whoever spoke last the active agent.
-- Security definer: users may not write items.
create or replace function public.append_voice_items(session_id uuid, items jsonb) returns integer
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

drop function private.follow_voice;

revoke execute on all functions in schema worker, private from public;
