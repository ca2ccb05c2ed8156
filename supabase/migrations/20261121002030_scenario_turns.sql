-- Turns of scenarios: what the pipelines ask and say, with the rights of the task's user.
--
-- Approvals show what an agent is called (agent_title), and not only the name by which it is known in its scenario.
--
-- Tools: load_scenario {} → {scenarioId, version, definition, activeAgent, …} or null ·
--   note_decision {from, to, reason, scores, source} → {kept}.
-- Errors: 22023 malformed, or no such scenario · 42501 the session is gone.

-- The scenario whose pages have the path in them, the longest match first; the enterprise's own before everybody's.
create function private.scenario_of_page(p_path text, p_enterprise uuid) returns text
language sql stable set search_path = ''
as $$
  select s.id
  from public.scenarios s join public.scenario_versions v on v.scenario_id = s.id and v.version = s.version
  cross join lateral jsonb_array_elements_text(v.definition -> 'pages') page
  where s.is_enabled and (s.enterprise_id is null or s.enterprise_id = p_enterprise)
    and (p_path = page or starts_with(p_path, rtrim(page, '/') || '/'))
  order by length(page) desc, s.enterprise_id is null, s.id limit 1
$$;

-- What a turn needs: by its session; without one by the request's scenarioId, or the page's path. The version is the
-- session's, or the current one. Null where no scenario is for the page: that is an answer, and the pipeline ends the task as
-- no_scenario.
-- → {scenarioId, version, definition, activeAgent, page, escalation: open | taken | null, isNew, override, refusedModels}
create function agent_tools.load_scenario(p_task uuid, p_input jsonb) returns jsonb
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

-- Makes another agent the active one, and says so. Without a session there is nothing to keep.
-- Security definer: users may not write decisions.
create function agent_tools.note_decision(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_session constant public.scenario_sessions := private.scenario_session_of(p_task);
  v_to constant text := p_input ->> 'to';
  v_scores constant jsonb := coalesce(nullif(p_input -> 'scores', 'null'), '{}');
  v_definition jsonb;
begin
  if v_session.session_id is null then
    return jsonb_build_object('kept', false);
  end if;
  select v.definition into v_definition from public.scenario_versions v
  where v.scenario_id = v_session.scenario_id and v.version = v_session.version;
  if v_to is null or not private.has_agent(v_definition, v_to) then
    raise exception 'The scenario has no agent "%".', left(v_to, 40) using errcode = '22023';
  elsif coalesce(p_input ->> 'source', '') not in ('handoff', 'orchestrator', 'user', 'escalation') then
    raise exception 'The source is handoff, orchestrator, user or escalation.' using errcode = '22023';
  elsif jsonb_typeof(v_scores) <> 'object' or octet_length(v_scores::text) > 4096 then
    raise exception 'The scores are an object of at most 4 KiB.' using errcode = '22023';
  end if;
  update public.scenario_sessions b set active_agent = v_to where b.session_id = v_session.session_id;
  if not found then
    raise exception 'The session is gone.' using errcode = '42501';
  end if;
  insert into public.scenario_decisions (session_id, task_id, from_agent, to_agent, reason, scores, source, created_at)
  values (v_session.session_id, p_task, left(p_input ->> 'from', 40), v_to, left(coalesce(p_input ->> 'reason', ''), 1000),
    v_scores, p_input ->> 'source', worker.now());
  return jsonb_build_object('kept', true);
end
$$;

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
grant execute on function private.scenario_of_page, agent_tools.load_scenario, agent_tools.note_decision
  to authenticated, service_role;
