-- API calls in line: who is not coming back does not stand first in line.
--
-- A task that a model's rate limit refuses comes back as itself, and what fills up meanwhile is kept for it. A call through
-- the API is answered with 429 and is another call the next time; by calls that were too large for the moment one user
-- could have kept a model from all tasks.

-- Replaces the one of "api_calls", whose refused calls stood first.
create or replace function worker.admit_api_call(p_user uuid, p_call uuid, p_model text, p_tokens integer, p_is_priced boolean)
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

revoke execute on all functions in schema worker, private from public;
