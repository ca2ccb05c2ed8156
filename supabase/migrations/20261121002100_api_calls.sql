-- API calls: model calls that users make through the API, without a task. They are counted and bounded as those of tasks are.
--
-- A call belongs to its user and to no enterprise, so the user's own day is what bounds it, and the model's rate limit, which
-- it shares with all tasks. It is admitted before it is made, and what it took is added when it has ended; one that broke off
-- counts with what it was expected to take. In agent_usage it has the kind `responses`.
--
-- Verbs of the worker: admit_api_call → {verdict: continue | budget | rate, reason?, after_seconds?} · count_api_call.
--   reasons: as those of admit_call.

-- A call as if it were a request of its own.
create function private.api_call_of(p_user uuid, p_call uuid) returns public.agent_task_requests
language sql immutable set search_path = ''
as $$
  select jsonb_populate_record(null::public.agent_task_requests,
    jsonb_build_object('id', p_call, 'user_id', p_user, 'kind', 'responses', 'life', 1))
$$;

-- A task that a model's rate limit refuses comes back as itself, and what fills up meanwhile is kept for it. A call through the
-- API comes back as another one, if at all, so it does not stand first in line.
create function worker.admit_api_call(p_user uuid, p_call uuid, p_model text, p_tokens integer, p_is_priced boolean)
returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_request constant public.agent_task_requests := private.api_call_of(p_user, p_call);
  v_reason text := private.exhausted(v_request);
  v_after double precision;
begin
  if v_reason is null and p_is_priced is not true and private.is_money_bounded(v_request) then
    v_reason := 'price_unknown';
  end if;
  if v_reason is not null then
    return jsonb_build_object('verdict', 'budget', 'reason', v_reason);
  end if;
  v_after := private.take_call(p_model, p_call, p_tokens);
  if v_after is not null then
    update worker.rate_limits l set first_task = null, first_tokens = null, first_until = null
    where l.model = p_model and l.first_task = p_call;
    return jsonb_build_object('verdict', 'rate', 'after_seconds', v_after);
  end if;
  return jsonb_build_object('verdict', 'continue');
end
$$;

-- p_step is {name: the model, usage, cost, reserved}, as the step of a task's model call has it.
create function worker.count_api_call(p_user uuid, p_call uuid, p_step jsonb) returns void
language plpgsql set search_path = ''
as $$
begin
  -- Some gateways hand a jsonb argument over as text inside of a JSON string.
  perform private.spend(private.api_call_of(p_user, p_call),
    case jsonb_typeof(p_step) when 'string' then (p_step #>> '{}')::jsonb else p_step end);
end
$$;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.api_call_of to service_role;
grant execute on function worker.admit_api_call, worker.count_api_call to service_role;
