-- Registry bounds: which models a scenario may name, how many of its versions are kept, and what its agents are called.
--
-- Models. An agent of a scenario has the worker's own model, or names one that platform admins have allowed; so do the models
-- that a turn may choose. Who names another one cannot save. One that is taken off the list later is not used either: the
-- turns of whoever still names it are refused (model_not_allowed) until the scenario is saved with another one. What was
-- named before there was a list is on it.
--
-- Versions. Of each scenario the latest fifty are kept, and the older ones that sessions still have.
--
-- Approvals show what an agent is called (agent_title), and not only the name by which it is known in its scenario.
--
-- Verb of platform admins: allow_scenario_model.
-- Errors: 22023 malformed, or not allowed, the message says what · 42501 not an admin · PT429 too many models.

-- Models -----------------------------------------------------------------------------------------------------------

create table public.scenario_models (
  name text primary key constraint model_has_a_name check (name ~ '^\S{1,100}$'),
  allowed_at timestamptz not null
);
comment on table public.scenario_models is 'The models that scenarios may name; the worker''s own needs no name.';

alter table public.scenario_models enable row level security;
revoke all on public.scenario_models from anon, authenticated, service_role;
grant select on public.scenario_models to authenticated, service_role;
create policy "see the models" on public.scenario_models for select to authenticated using (true);

-- Each once; null and what is no text are none.
create function private.models_in(p_definition jsonb) returns setof text
language sql immutable set search_path = ''
as $$
  select model #>> '{}' from jsonb_path_query(p_definition, '$.agents[*].model') model where jsonb_typeof(model) = 'string'
  union
  select model #>> '{}' from jsonb_path_query(p_definition, '$.overrides.models[*]') model where jsonb_typeof(model) = 'string'
$$;

insert into public.scenario_models (name, allowed_at)
select distinct model, worker.now()
from public.scenario_versions v cross join lateral private.models_in(v.definition) model
where model ~ '^\S{1,100}$';

-- The models that a definition names and must not.
create function private.refused_models(p_definition jsonb) returns text[]
language sql stable set search_path = ''
as $$
  select coalesce(array_agg(model order by model), '{}') from private.models_in(p_definition) model
  where not exists (select from public.scenario_models m where m.name = model)
$$;

-- Refuses a definition with all that is wrong with its agents, or the first thing that is wrong elsewhere. Replaces the one
-- of "scenarios", which took any model.
create or replace function private.check_scenario(p_definition jsonb) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_wrong text := private.wrong_with_scenario(p_definition);
  v_names text[];
  v_models text[];
begin
  if v_wrong is null then
    select array_agg(agent ->> 'name') into v_names from jsonb_array_elements(p_definition -> 'agents') agent;
    select string_agg(format('Agent "%s" %s.', coalesce(left(agent ->> 'name', 40), n::text), wrong), ' ' order by n) into v_wrong
    from jsonb_array_elements(p_definition -> 'agents') with ordinality u (agent, n), private.wrong_with_agent(agent, v_names) wrong
    where wrong is not null;
    v_models := private.refused_models(p_definition);
    if v_wrong is null and p_definition ->> 'rootAgent' <> all (v_names) then
      v_wrong := format('There is no agent "%s" to begin with.', left(p_definition ->> 'rootAgent', 40));
    elsif v_wrong is null and v_models <> '{}' then
      v_wrong := format('Scenarios may not name these models: %s. Leave them out, or ask a platform admin to allow them.',
        array_to_string(v_models, ', '));
    end if;
  end if;
  if v_wrong is not null then
    raise exception '%', v_wrong using errcode = '22023';
  end if;
end
$$;

-- Lets scenarios name a model, or no more. Tells whether they may.
-- Security definer: nobody may write the list; this is how platform admins do.
create function public.allow_scenario_model(model text, allowed boolean) returns boolean
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  c_most constant integer := 100;
begin
  perform private.check_platform_admin();
  if model is null or model !~ '^\S{1,100}$' or allowed is null then
    raise exception 'The name of a model has 1 to 100 characters without blanks; allowed is true or false.' using errcode = '22023';
  elsif allowed and (select count(*) from public.scenario_models) >= c_most then
    raise exception 'There are % models, which is the limit.', c_most using errcode = 'PT429';
  elsif allowed then
    insert into public.scenario_models (name, allowed_at) values (model, worker.now()) on conflict do nothing;
  else
    delete from public.scenario_models m where m.name = model;
  end if;
  if found then
    perform private.record_action(case when allowed then 'allow_model' else 'refuse_model' end, null, null,
      jsonb_build_object('model', model));
  end if;
  return allowed;
end
$$;
revoke execute on function public.allow_scenario_model from public, anon;
grant execute on function public.allow_scenario_model to authenticated, service_role;

-- What a turn needs: by its session; without one by the request's scenarioId, or the page's path. The version is the
-- session's, or the current one. Replaces the one of "scenario turns", which knew of no refused models, and refused where
-- nothing was found: that no scenario is for a page is an answer, and the pipeline ends the task as no_scenario.
-- → {scenarioId, version, definition, activeAgent, page, escalation: open | taken | null, isNew, override,
-- refusedModels}, or null
create or replace function agent_tools.load_scenario(p_task uuid, p_input jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_task public.agent_task_requests;
  v_session constant public.scenario_sessions := private.scenario_session_of(p_task);
  v_version public.scenario_versions;
  v_scenario text;
begin
  select * into v_task from public.agent_task_requests where id = p_task and user_id = (select auth.uid());
  if v_session.session_id is not null then
    select * into v_version from public.scenario_versions v
    where v.scenario_id = v_session.scenario_id and v.version = v_session.version;
  elsif v_task.session_id is null and v_task.request_payload ->> 'sessionId' is null then
    v_scenario := coalesce(v_task.request_payload ->> 'scenarioId',
      private.scenario_of_page(v_task.request_payload #>> '{page,path}', v_task.enterprise_id));
    if v_scenario is not null then
      v_version := private.usable_scenario(v_scenario, v_task.enterprise_id);
    end if;
  end if;
  if v_version.scenario_id is null then
    return null;
  end if;
  return jsonb_build_object(
    'scenarioId', v_version.scenario_id, 'version', v_version.version, 'definition', v_version.definition,
    'activeAgent', coalesce(v_session.active_agent, private.root_of(v_version.definition, v_task.request_payload ->> 'rootAgent')),
    'page', coalesce(v_session.page, v_task.request_payload -> 'page', '{}'),
    'escalation', (
      select e.status from public.scenario_escalations e where e.session_id = v_session.session_id and e.status <> 'closed'),
    'isNew', not exists (select from public.agent_session_items i where i.session_id = v_session.session_id),
    'override', v_session.override,
    'refusedModels', private.refused_models(v_version.definition));
end
$$;

-- Versions ---------------------------------------------------------------------------------------------------------

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

-- What agents are called -------------------------------------------------------------------------------------------

alter table public.agent_approvals add column agent_title text;
comment on column public.agent_approvals.agent_title is 'What the agent is called where it is one of a scenario; null: as agent says.';

-- By the definition that the task has loaded, whatever has been saved since.
create function private.entitle_agent() returns trigger
language plpgsql set search_path = ''
as $$
begin
  select one ->> 'title' into new.agent_title
  from public.agent_task_steps s cross join lateral jsonb_path_query(s.output, '$.definition.agents[*]') one
  where s.task_id = new.task_id and s.life = new.life and s.key = 'tool:/own:load_scenario'
    and one ->> 'name' = new.agent
  limit 1;
  return new;
end
$$;

create trigger entitle_agent before insert on public.agent_approvals for each row execute function private.entitle_agent();

revoke execute on all functions in schema worker, private, agent_tools from public;
grant execute on function private.models_in, private.refused_models to authenticated, service_role;
