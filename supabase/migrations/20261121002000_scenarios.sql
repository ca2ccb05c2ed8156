-- Scenarios: which agents there are for a purpose, what each may do, and to whom it hands over.
--
-- A scenario is everybody's, or an enterprise's own. All that makes it is one document (shared/scenarios.ts), of which each
-- saving is a new version; versions never change. Platform admins look after all scenarios, admins of an enterprise after
-- its own. A disabled scenario begins no more sessions; those that run go on.
--
-- An agent has the worker's own model, or names one that platform admins have allowed; so do the models that a turn may
-- choose. Who names another one cannot save. One that is taken off the list later is not used either: the turns of whoever
-- still names it are refused until the scenario is saved with another one.
--
-- Three views show the current versions taken apart: scenario_agents, scenario_handoffs, scenario_guardrails.
--
-- Verbs: save_scenario · set_scenario_enabled · allow_scenario_model (platform admins).
-- Errors: 22023 malformed, the message says what, or no such scenario · 42501 not yours to change · PT409 somebody else has
--   saved it meanwhile · PT429 too many scenarios or models.

-- What agents can call ---------------------------------------------------------------------------------------------

create table public.scenario_tools (
  name text primary key,
  title text not null,
  description text not null,
  effect text not null constraint effect_is_known check (effect in ('read', 'write', 'escalate')),
  parameters jsonb not null,
  needs_approval boolean not null default false,
  calls_per_minute integer not null constraint calls_are_above_0 check (calls_per_minute > 0)
);
comment on table public.scenario_tools is 'The tools there are; rows come with the code of the tools, by migration.';
comment on column public.scenario_tools.parameters is 'JSON Schema, as in shared/scenario-tools.ts.';
comment on column public.scenario_tools.needs_approval is 'Some calls wait for a person.';
comment on column public.scenario_tools.calls_per_minute is 'Of each user, by agents of scenarios and through the API together.';

-- The registry -----------------------------------------------------------------------------------------------------

create table public.scenarios (
  id text primary key constraint id_is_a_slug check (id ~ '^[a-z][a-z0-9_-]{0,39}$'),
  enterprise_id uuid references public.enterprises on delete cascade,
  version integer not null,
  title text not null,
  description text not null,
  is_enabled boolean not null default true,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index scenarios_of_enterprise on public.scenarios (enterprise_id);
comment on column public.scenarios.enterprise_id is 'Null: everybody''s.';
comment on column public.scenarios.version is 'The current one; title and description are of it.';

create table public.scenario_versions (
  scenario_id text not null references public.scenarios on delete cascade,
  version integer not null constraint version_is_above_0 check (version > 0),
  definition jsonb not null,
  note text constraint note_is_short check (length(note) <= 500),
  created_by uuid,
  created_at timestamptz not null,
  primary key (scenario_id, version)
);
comment on column public.scenario_versions.created_by is 'Null: a server. That one may be gone.';

-- In the table editor, too: sessions run on what they were begun with.
create function private.keep_version() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'A version of a scenario never changes.' using errcode = '22023', hint = 'Save a new one.';
end
$$;

create trigger keep_version before update on public.scenario_versions for each row execute function private.keep_version();

alter table public.scenario_tools enable row level security;
alter table public.scenarios enable row level security;
alter table public.scenario_versions enable row level security;
revoke all on public.scenario_tools, public.scenarios, public.scenario_versions from anon, authenticated, service_role;
grant select on public.scenario_tools, public.scenarios, public.scenario_versions to authenticated, service_role;

create policy "see the tools" on public.scenario_tools for select to authenticated using (true);
create policy "see everybody's scenarios and those of one's enterprises" on public.scenarios for select to authenticated
  using (
    enterprise_id is null
    or enterprise_id in (select private.my_enterprises())
    or (select private.is_platform_admin())
  );
create policy "see the versions of scenarios one sees" on public.scenario_versions for select to authenticated
  using (scenario_id in (select s.id from public.scenarios s));

-- Models -------------------------------------------------------------------------------------------------------------

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

-- The models that a definition names and must not.
create function private.refused_models(p_definition jsonb) returns text[]
language sql stable set search_path = ''
as $$
  select coalesce(array_agg(model order by model), '{}') from private.models_in(p_definition) model
  where not exists (select from public.scenario_models m where m.name = model)
$$;

-- What a definition must be ----------------------------------------------------------------------------------------

create function private.is_line(p_value jsonb, p_most integer) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(jsonb_typeof(p_value) = 'string' and length(p_value #>> '{}') <= p_most and p_value #>> '{}' ~ '\S', false)
$$;

-- A list of different texts that fit a pattern.
create function private.are_lines(p_value jsonb, p_most integer, p_longest integer, p_pattern text default '\S') returns boolean
language sql immutable set search_path = ''
as $$
  select case jsonb_typeof(p_value) when 'array' then (
    select count(*) <= p_most and count(distinct e) = count(*)
      and coalesce(bool_and(private.is_line(e, p_longest) and e #>> '{}' ~ p_pattern), true)
    from jsonb_array_elements(p_value) e) else false end
$$;

create function private.has_keys(p_value jsonb, p_keys text[]) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(jsonb_typeof(p_value) = 'object' and p_value ?& p_keys and p_value - p_keys = '{}', false)
$$;

-- What is wrong with an agent, p_names being those of all; null if nothing is.
create function private.wrong_with_agent(p_agent jsonb, p_names text[]) returns text
language plpgsql stable set search_path = ''
as $$
declare
  c_keys constant text[] := '{name,title,description,instructions,model,voice,tools,handoffs,intents,pages}';
  c_name constant text := '^[a-z][a-z0-9_]{0,39}$';
  v_unknown text;
begin
  if not private.has_keys(p_agent, c_keys) then
    return format('has these keys, all of them and no others: %s', array_to_string(c_keys, ', '));
  elsif not private.is_line(p_agent -> 'name', 40) or p_agent ->> 'name' !~ c_name then
    return 'needs a name of 1 to 40 small letters, digits and "_", a letter first';
  elsif cardinality(array_positions(p_names, p_agent ->> 'name')) > 1 then
    return 'is there twice';
  elsif not private.is_line(p_agent -> 'title', 100) then
    return 'needs a title of 1 to 100 characters';
  elsif not private.is_line(p_agent -> 'description', 500) then
    return 'needs a description of 1 to 500 characters';
  elsif not private.is_line(p_agent -> 'instructions', 8000) then
    return 'needs instructions of 1 to 8000 characters';
  elsif p_agent -> 'model' <> 'null' and not private.is_line(p_agent -> 'model', 100) then
    return 'has a model that is no name; null stands for the worker''s';
  elsif p_agent -> 'voice' <> 'null' and not private.is_line(p_agent -> 'voice', 40) then
    return 'has a voice that is no name; null stands for the provider''s';
  elsif not private.are_lines(p_agent -> 'tools', 12, 60) then
    return 'names at most 12 different tools';
  elsif not private.are_lines(p_agent -> 'handoffs', 11, 40, c_name) then
    return 'names at most 11 different agents to hand over to';
  elsif not private.are_lines(p_agent -> 'intents', 40, 60) then
    return 'has at most 40 different intents of 1 to 60 characters';
  elsif not private.are_lines(p_agent -> 'pages', 20, 200, '^/') then
    return 'has at most 20 different pages, beginnings of paths, which begin with "/"';
  elsif p_agent -> 'handoffs' ? (p_agent ->> 'name') then
    return 'cannot hand over to itself';
  end if;
  select string_agg(tool, ', ') into v_unknown from jsonb_array_elements_text(p_agent -> 'tools') tool
  where not exists (select from public.scenario_tools t where t.name = tool);
  if v_unknown is not null then
    return format('has tools that are not there: %s', v_unknown);
  end if;
  select string_agg(name, ', ') into v_unknown from jsonb_array_elements_text(p_agent -> 'handoffs') name where name <> all (p_names);
  return case when v_unknown is not null then format('hands over to agents that are not there: %s', v_unknown) end;
end
$$;

-- What is wrong with the rest of a definition; null if nothing is.
create function private.wrong_with_scenario(p_definition jsonb) returns text
language plpgsql immutable set search_path = ''
as $$
declare
  c_keys constant text[] := '{title,description,rootAgent,agents,moderation,privacy,overrides,pages}';
  v_moderation constant jsonb := p_definition -> 'moderation';
  v_overrides constant jsonb := p_definition -> 'overrides';
begin
  if not private.has_keys(p_definition, c_keys) then
    return format('A scenario has these keys, all of them and no others: %s.', array_to_string(c_keys, ', '));
  elsif octet_length(p_definition::text) > 262144 then
    return 'The definition is longer than 256 KiB.';
  elsif not private.is_line(p_definition -> 'title', 100) then
    return 'The scenario needs a title of 1 to 100 characters.';
  elsif not private.is_line(p_definition -> 'description', 500) then
    return 'The scenario needs a description of 1 to 500 characters.';
  elsif not private.are_lines(p_definition -> 'pages', 20, 200, '^/') then
    return 'The scenario has at most 20 different pages, beginnings of paths, which begin with "/".';
  elsif not private.has_keys(v_moderation, '{input,output,tolerates}')
    or jsonb_typeof(v_moderation -> 'input') <> 'boolean' or jsonb_typeof(v_moderation -> 'output') <> 'boolean'
    or not private.are_lines(v_moderation -> 'tolerates', 20, 60)
  then
    return 'moderation is {input: true or false, output: true or false, tolerates: [up to 20 different categories]}.';
  elsif not private.has_keys(p_definition -> 'privacy', '{remove}')
    or not private.are_lines(p_definition #> '{privacy,remove}', 5, 5, '^(email|phone|card|iban|url)$')
  then
    return 'privacy is {remove: [of email, phone, card, iban, url, each once]}.';
  elsif not private.has_keys(v_overrides, '{instructions,models}')
    or jsonb_typeof(v_overrides -> 'instructions') <> 'boolean' or not private.are_lines(v_overrides -> 'models', 20, 100)
  then
    return 'overrides is {instructions: true or false, models: [up to 20 different names]}.';
  elsif jsonb_typeof(p_definition -> 'agents') <> 'array' or jsonb_array_length(p_definition -> 'agents') not between 1 and 12 then
    return 'A scenario has 1 to 12 agents.';
  end if;
  return null;
end
$$;

-- Refuses a definition with all that is wrong with its agents, or the first thing that is wrong elsewhere.
create function private.check_scenario(p_definition jsonb) returns void
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

-- Saving -----------------------------------------------------------------------------------------------------------

-- Platform admins look after all scenarios, admins of an enterprise after its own.
create function private.may_edit_scenarios(p_enterprise uuid) returns boolean
language sql stable set search_path = ''
as $$
  select private.is_server() or (select private.is_platform_admin())
    or coalesce(p_enterprise in (select private.my_admin_enterprises()), false)
$$;

-- The scenario, locked, if the caller may change it.
create function private.hold_scenario(p_scenario text) returns public.scenarios
language plpgsql set search_path = ''
as $$
declare
  v_scenario public.scenarios;
begin
  select * into v_scenario from public.scenarios s
  where s.id = p_scenario and private.may_edit_scenarios(s.enterprise_id) for no key update;
  if not found then
    raise exception 'There is no scenario "%" that you may change.', left(p_scenario, 100) using errcode = '42501';
  end if;
  return v_scenario;
end
$$;

-- Saves a new version of a scenario, or a new scenario if expected_version is 0. What is there already is not saved again.
-- Security definer: nobody may write scenarios; this is how their admins do.
create function public.save_scenario(
  scenario_id text, definition jsonb, expected_version integer, note text default null, enterprise_id uuid default null
)
returns public.scenarios
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  c_most constant integer := 100;
  v_now constant timestamptz := worker.now();
  -- Some gateways hand a jsonb argument over as text inside of a JSON string.
  v_definition constant jsonb :=
    case jsonb_typeof(definition) when 'string' then (definition #>> '{}')::jsonb else definition end;
  v_scenario public.scenarios;
begin
  if scenario_id is null or scenario_id !~ '^[a-z][a-z0-9_-]{0,39}$' then
    raise exception 'The id of a scenario has 1 to 40 small letters, digits, "_" and "-", a letter first.' using errcode = '22023';
  elsif length(note) > 500 then
    raise exception 'The note has % characters; at most 500 are taken.', length(note) using errcode = '22023';
  end if;

  if exists (select from public.scenarios s where s.id = scenario_id) then
    v_scenario := private.hold_scenario(scenario_id);
    if enterprise_id is distinct from v_scenario.enterprise_id and enterprise_id is not null then
      raise exception 'A scenario stays in its enterprise.' using errcode = '22023', hint = 'Save it under a new id.';
    end if;
    perform private.check_scenario(v_definition);
    if v_definition = (
      select v.definition from public.scenario_versions v where v.scenario_id = v_scenario.id and v.version = v_scenario.version)
    then
      return v_scenario;
    elsif expected_version is distinct from v_scenario.version then
      raise exception 'Version % of the scenario is there already.', v_scenario.version
        using errcode = 'PT409', hint = 'Load it, bring your changes in, and save again.';
    end if;
    update public.scenarios s set version = s.version + 1, title = v_definition ->> 'title',
      description = v_definition ->> 'description', updated_at = v_now
    where s.id = scenario_id returning * into v_scenario;
  else
    if not private.may_edit_scenarios(enterprise_id) then
      raise exception 'Only admins add scenarios, and for an enterprise its own.' using errcode = '42501';
    elsif expected_version is distinct from 0 then
      raise exception 'There is no scenario "%".', scenario_id using errcode = '22023', hint = 'A new one has expected_version 0.';
    elsif (select count(*) from public.scenarios s where s.enterprise_id is not distinct from save_scenario.enterprise_id) >= c_most then
      raise exception 'There are % scenarios, which is the limit.', c_most using errcode = 'PT429';
    end if;
    perform private.check_scenario(v_definition);
    insert into public.scenarios (id, enterprise_id, version, title, description, created_at, updated_at)
    values (scenario_id, enterprise_id, 1, v_definition ->> 'title', v_definition ->> 'description', v_now, v_now)
    on conflict do nothing returning * into v_scenario;
    if not found then
      raise exception 'There is a scenario "%" by now.', scenario_id using errcode = 'PT409', hint = 'Take another id.';
    end if;
  end if;

  insert into public.scenario_versions (scenario_id, version, definition, note, created_by, created_at)
  values (scenario_id, v_scenario.version, v_definition, note, (select auth.uid()), v_now);
  perform private.record_action('save_scenario', null, v_scenario.enterprise_id,
    jsonb_build_object('scenario_id', scenario_id, 'version', v_scenario.version));
  return v_scenario;
end
$$;

-- Security definer: nobody may write scenarios; this is how their admins do.
create function public.set_scenario_enabled(scenario_id text, enabled boolean) returns public.scenarios
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
declare
  v_scenario public.scenarios := private.hold_scenario(scenario_id);
begin
  if enabled is null then
    raise exception 'Say true or false.' using errcode = '22023';
  elsif enabled is distinct from v_scenario.is_enabled then
    update public.scenarios s set is_enabled = enabled, updated_at = worker.now() where s.id = scenario_id returning * into v_scenario;
    perform private.record_action(case when enabled then 'enable_scenario' else 'disable_scenario' end, null,
      v_scenario.enterprise_id, jsonb_build_object('scenario_id', scenario_id));
  end if;
  return v_scenario;
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
revoke execute on function public.save_scenario, public.set_scenario_enabled, public.allow_scenario_model from public, anon;
grant execute on function public.save_scenario, public.set_scenario_enabled, public.allow_scenario_model
  to authenticated, service_role;

-- The current versions, taken apart --------------------------------------------------------------------------------

create view public.scenario_agents with (security_invoker = true) as
  select s.id as scenario_id, s.version, s.enterprise_id, s.is_enabled, n::integer as position, agent ->> 'name' as name,
    agent ->> 'name' = v.definition ->> 'rootAgent' as is_root, agent ->> 'title' as title,
    agent ->> 'description' as description, agent ->> 'instructions' as instructions, agent ->> 'model' as model,
    agent ->> 'voice' as voice, agent -> 'tools' as tools, agent -> 'intents' as intents, agent -> 'pages' as pages
  from public.scenarios s join public.scenario_versions v on v.scenario_id = s.id and v.version = s.version
  cross join lateral jsonb_array_elements(v.definition -> 'agents') with ordinality a (agent, n);

create view public.scenario_handoffs with (security_invoker = true) as
  select s.id as scenario_id, s.version, agent ->> 'name' as from_agent, to_agent, n::integer as position
  from public.scenarios s join public.scenario_versions v on v.scenario_id = s.id and v.version = s.version
  cross join lateral jsonb_array_elements(v.definition -> 'agents') agent
  cross join lateral jsonb_array_elements_text(agent -> 'handoffs') with ordinality h (to_agent, n);

create view public.scenario_guardrails with (security_invoker = true) as
  select s.id as scenario_id, s.version, (v.definition #>> '{moderation,input}')::boolean as moderates_input,
    (v.definition #>> '{moderation,output}')::boolean as moderates_output, v.definition #> '{moderation,tolerates}' as tolerates,
    v.definition #> '{privacy,remove}' as removes, (v.definition #>> '{overrides,instructions}')::boolean as lets_override_instructions,
    v.definition #> '{overrides,models}' as models
  from public.scenarios s join public.scenario_versions v on v.scenario_id = s.id and v.version = s.version;

revoke all on public.scenario_agents, public.scenario_handoffs, public.scenario_guardrails from anon, authenticated;
grant select on public.scenario_agents, public.scenario_handoffs, public.scenario_guardrails to authenticated, service_role;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.models_in, private.refused_models to authenticated, service_role;
