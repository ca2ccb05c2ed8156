-- Sessions of scenarios: which version of which scenario a conversation has, and which of its agents speaks.
--
-- A session is begun with the version that is current then and keeps it, so an edit meets new sessions alone. An
-- enterprise's own scenario is used for that enterprise only, because what a task journals its admins may read.
--
-- One agent is the active one: it answers the next turn. Each change of it is a decision: a handoff by an agent, the
-- orchestrator's choice by words and page, or the user's own. Whoever sees the session sees its decisions, and hears of
-- them over Realtime.
--
-- What is of a session has no foreign key to it, for the reason that items have none: a tool that writes here holds its
-- request, and whoever deletes a session wants that request next. A trigger removes it, after the tasks are gone.
-- Lock order: session, request, ticket, scenario_sessions.
--
-- Of each scenario the latest fifty versions are kept, and the older ones that sessions still have.
--
-- Who begins a session may bring `instructions` and a `model` for the agent that it begins with, as a turn may bring them for
-- itself. They are that agent's in the whole session, and nobody else's. What a turn brings goes before them. They do not
-- change later, and like all that users say they are looked through before an agent is told.
--
-- Verb: begin_scenario_session.
-- Errors: 22023 malformed, or no such scenario · 42501 not yours to use · PT409 the session is another one.

create table public.scenario_sessions (
  session_id uuid primary key,
  scenario_id text not null,
  version integer not null,
  active_agent text not null,
  page jsonb not null default '{}',
  override jsonb,
  created_at timestamptz not null,
  foreign key (scenario_id, version) references public.scenario_versions
);
create index scenario_sessions_of_version on public.scenario_sessions (scenario_id, version);
comment on column public.scenario_sessions.page is 'Where its user was when it was begun, by the user''s own word.';
comment on column public.scenario_sessions.override is '{name, instructions?, model?}: by its user''s own word, within what the version allows.';

create table public.scenario_decisions (
  id uuid primary key default gen_random_uuid(),
  session_id uuid not null,
  task_id uuid,
  from_agent text,
  to_agent text not null,
  reason text not null,
  scores jsonb not null default '{}',
  source text not null constraint source_is_known check (source in ('handoff', 'orchestrator', 'user', 'escalation')),
  created_at timestamptz not null
);
create index scenario_decisions_of_session on public.scenario_decisions (session_id, created_at);
comment on column public.scenario_decisions.task_id is 'That one may be gone.';

alter table public.scenario_sessions enable row level security;
alter table public.scenario_decisions enable row level security;
revoke all on public.scenario_sessions, public.scenario_decisions from anon, authenticated;
grant select on public.scenario_sessions, public.scenario_decisions to authenticated;
grant all on public.scenario_sessions, public.scenario_decisions to service_role;

create policy "see which scenario the sessions one sees have" on public.scenario_sessions for select to authenticated
  using (exists (select from public.agent_sessions s where s.id = session_id));
create policy "see the decisions in the sessions one sees" on public.scenario_decisions for select to authenticated
  using (exists (select from public.agent_sessions s where s.id = session_id));

alter publication supabase_realtime add table public.scenario_decisions;

-- A decision may just be written while this waits for the session's row, so that one goes first.
-- Security definer: who deletes a session has no right to these.
create function private.drop_scenario_session() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.scenario_sessions where session_id in (select id from removed);
  delete from public.scenario_decisions where session_id in (select id from removed);
  return null;
end
$$;

create trigger drop_scenario_session after delete on public.agent_sessions
  referencing old table as removed for each statement execute function private.drop_scenario_session();

create function private.has_agent(p_definition jsonb, p_name text) returns boolean
language sql immutable set search_path = ''
as $$
  select jsonb_path_exists(p_definition, '$.agents[*] ? (@.name == $name)', jsonb_build_object('name', p_name))
$$;

-- A scenario that can be begun for the enterprise, or for none.
create function private.usable_scenario(p_scenario text, p_enterprise uuid) returns public.scenario_versions
language plpgsql stable set search_path = ''
as $$
declare
  v_version public.scenario_versions;
begin
  select v.* into v_version
  from public.scenarios s join public.scenario_versions v on v.scenario_id = s.id and v.version = s.version
  where s.id = p_scenario and s.is_enabled and (s.enterprise_id is null or s.enterprise_id = p_enterprise);
  if not found then
    raise exception 'There is no scenario "%".', left(p_scenario, 100) using errcode = '22023', hint = 'Choose another one.';
  end if;
  return v_version;
end
$$;

create function private.root_of(p_definition jsonb, p_wanted text) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  if p_wanted is not null and not private.has_agent(p_definition, p_wanted) then
    raise exception 'The scenario has no agent "%".', left(p_wanted, 40) using errcode = '22023';
  end if;
  return coalesce(p_wanted, p_definition ->> 'rootAgent');
end
$$;

create function private.uuid_in(p_text text) returns uuid
language sql immutable set search_path = ''
as $$
  select case when p_text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_text::uuid end
$$;

-- Refuses what is no page: callers may say anything. {path, title, enterpriseId, project, records: [{type, id}]}, all of it
-- optional.
create function private.check_page(p_page jsonb) returns void
language plpgsql immutable set search_path = ''
as $$
begin
  if jsonb_typeof(p_page) is distinct from 'object' or octet_length(p_page::text) > 8192 then
    raise exception 'The page is a JSON object of at most 8 KiB.' using errcode = '22023';
  elsif jsonb_path_exists(p_page, '$.keyvalue() ? (@.key == "path" || @.key == "title" || @.key == "project").value ? (@.type() != "string")') then
    raise exception 'path, title and project are texts.' using errcode = '22023';
  elsif p_page ? 'enterpriseId' and private.uuid_in(p_page ->> 'enterpriseId') is null then
    raise exception 'enterpriseId is no id.' using errcode = '22023';
  elsif p_page ? 'records' and (
    jsonb_typeof(p_page -> 'records') <> 'array' or jsonb_path_exists(p_page, '$.records[20]')
    or jsonb_path_exists(p_page, '$.records[*] ? (@.type() != "object")'))
  then
    raise exception 'records is a list of up to 20 of {type, id}.' using errcode = '22023';
  end if;
end
$$;

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

-- Begins a session of one's own with a scenario. The same id again gives what is there.
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

-- The session that a task of the caller's is about: the one of which it is a turn, or one that it names.
create function private.scenario_session_of(p_task uuid) returns public.scenario_sessions
language sql stable set search_path = ''
as $$
  select b from public.agent_task_requests t
  join public.agent_sessions s on s.id = coalesce(t.session_id, private.uuid_in(t.request_payload ->> 'sessionId'))
    and s.user_id = t.user_id and s.enterprise_id is not distinct from t.enterprise_id
  join public.scenario_sessions b on b.session_id = s.id
  where t.id = p_task and t.user_id = (select auth.uid())
    and (t.enterprise_id is null or t.enterprise_id in (select private.my_enterprises()))
$$;

-- Versions -----------------------------------------------------------------------------------------------------------

-- Drops up to a hundred of those that are too old and that no session has. Nobody begins with one that is not current, so
-- none of these can get a session meanwhile.
create function private.drop_old_versions() returns trigger
language plpgsql set search_path = ''
as $$
declare
  c_kept constant integer := 50;
begin
  delete from public.scenario_versions v
  where v.scenario_id = new.scenario_id and v.version = any (array(
    select o.version from public.scenario_versions o
    where o.scenario_id = new.scenario_id and o.version <= new.version - c_kept and not exists (
      select from public.scenario_sessions s where s.scenario_id = o.scenario_id and s.version = o.version)
    order by o.version limit 100));
  return null;
end
$$;

create trigger drop_old_versions after insert on public.scenario_versions
  for each row execute function private.drop_old_versions();

revoke execute on all functions in schema worker, private from public;
grant execute on function private.usable_scenario, private.root_of, private.has_agent, private.uuid_in,
  private.check_page, private.scenario_session_of to authenticated, service_role;
