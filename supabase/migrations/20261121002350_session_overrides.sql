-- Session overrides: what one agent is told, and which model it has, in one session, as far as its scenario allows it.
--
-- Who begins a session may bring `instructions` and a `model` for the agent that it begins with, as a turn may bring them for
-- itself. They are that agent's in the whole session, and nobody else's. What a turn brings goes before them. They do not
-- change later, and like all that users say they are looked through before an agent is told.
--
-- Errors: 22023 malformed, or the scenario does not allow it · PT409 the session is there already, with others.

alter table public.scenario_sessions add column override jsonb;
comment on column public.scenario_sessions.override is '{name, instructions?, model?}: by its user''s own word, within what the version allows.';

-- Refuses what a version does not let a session change; {instructions, model}, one of them or both.
create function private.check_override(p_override jsonb, p_definition jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
declare
  v_instructions constant jsonb := p_override -> 'instructions';
  v_model constant jsonb := p_override -> 'model';
begin
  if jsonb_typeof(p_override) is distinct from 'object' or p_override - '{instructions,model}'::text[] <> '{}' or p_override = '{}'
    or jsonb_typeof(coalesce(v_instructions, '""')) <> 'string' or jsonb_typeof(coalesce(v_model, '""')) <> 'string'
    or length(v_instructions #>> '{}') not between 1 and 8000
  then
    raise exception 'The override is {instructions: 1 to 8,000 characters, model: a name}, one of them or both.' using errcode = '22023';
  elsif v_instructions is not null and (p_definition #>> '{overrides,instructions}')::boolean is not true then
    raise exception 'The scenario lets nobody change instructions.' using errcode = '22023', hint = 'Leave instructions out.';
  elsif v_model is not null and not coalesce(p_definition #> '{overrides,models}' @> v_model, false) then
    raise exception 'The scenario does not allow the model "%".', left(v_model #>> '{}', 100)
      using errcode = '22023', hint = 'Leave model out.';
  end if;
end
$$;

drop function public.begin_scenario_session(uuid, text, text, jsonb, uuid);

-- Begins a session of one's own with a scenario. The same id again gives what is there. Replaces the one of "scenario
-- sessions", to which nothing of one's own could be brought.
-- Security definer: users may not say by themselves which version a session has and who is active in it.
create function public.begin_scenario_session(
  session_id uuid, scenario_id text, root_agent text default null, page jsonb default '{}', enterprise_id uuid default null,
  override jsonb default null
)
returns public.scenario_sessions
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_page constant jsonb := coalesce(case jsonb_typeof(page) when 'string' then (page #>> '{}')::jsonb else page end, '{}');
  v_override constant jsonb := case jsonb_typeof(override) when 'string' then (override #>> '{}')::jsonb else override end;
  v_session public.agent_sessions;
  v_version public.scenario_versions;
  v_begun public.scenario_sessions;
  v_root text;
begin
  if (select auth.uid()) is null
    or (enterprise_id is not null and enterprise_id not in (select private.my_enterprises()))
  then
    raise exception 'A session is begun in one''s own name, for an own enterprise or none.' using errcode = '42501';
  end if;
  perform private.check_page(v_page);

  select * into v_session from public.agent_sessions s where s.id = session_id;
  if not found then
    v_version := private.usable_scenario(scenario_id, enterprise_id);
    v_root := private.root_of(v_version.definition, root_agent);
    if v_override is not null then
      perform private.check_override(v_override, v_version.definition);
    end if;
    insert into public.agent_sessions (id, user_id, enterprise_id, title)
    values (coalesce(session_id, gen_random_uuid()), (select auth.uid()), enterprise_id, v_version.definition ->> 'title')
    on conflict do nothing returning * into v_session;
    if found then
      insert into public.scenario_sessions (session_id, scenario_id, version, active_agent, page, override, created_at)
      values (v_session.id, v_version.scenario_id, v_version.version, v_root, v_page,
        v_override || jsonb_build_object('name', v_root), worker.now())
      returning * into v_begun;
      return v_begun;
    end if;
    -- Somebody has begun it meanwhile.
    select * into v_session from public.agent_sessions s where s.id = session_id;
  end if;

  if v_session.user_id is distinct from (select auth.uid()) then
    raise exception 'There is no session % that you may use.', session_id using errcode = '42501';
  end if;
  select * into v_begun from public.scenario_sessions b where b.session_id = v_session.id;
  if v_begun.scenario_id is distinct from scenario_id or v_session.enterprise_id is distinct from enterprise_id
    or (v_override is not null and v_begun.override - 'name' is distinct from v_override)
  then
    raise exception 'The session is there already, with another scenario, enterprise, instructions or model, or none.'
      using errcode = 'PT409', hint = 'Take a new id.';
  end if;
  return v_begun;
end
$$;

revoke execute on function public.begin_scenario_session from public, anon;
grant execute on function public.begin_scenario_session to authenticated, service_role;
revoke execute on all functions in schema worker, private from public;
