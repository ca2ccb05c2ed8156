-- No scenario: that nothing is there for a page is an answer, not a refusal.
--
-- load_scenario gives null where a task has no session of a scenario, names none, and no scenario is for its page; the
-- pipeline ends such a task as failed with the code no_scenario. A name that cannot be used is refused as before.
-- Errors: 22023 or 42501 as usable_scenario says.

-- What a turn needs: by its session; without one by the request's scenarioId, or the page's path. The version is the
-- session's, or the current one. Replaces the one of "scenario_turns", which refused where nothing was found.
-- → {scenarioId, version, definition, activeAgent, page, escalation: open | taken | null, isNew}, or null
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
    'isNew', not exists (select from public.agent_session_items i where i.session_id = v_session.session_id));
end
$$;
