-- What agents' tools read with the user's rights.
--
-- A tool never says whose data it wants: the user comes from the task, the task from the lease. For the query the
-- function takes on the role `authenticated` and that user's claims, so row-level security decides as in a browser.

-- The user's latest other requests in the same enterprise: [{created_at, kind, status, prompt, answer}], the newest first.
-- In the same one only, because the answer is written where that enterprise's admins may read it.
create function worker.recent_tasks(p_task uuid, p_lease uuid, p_limit integer) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_role text := current_setting('role');
  v_claims text := coalesce(current_setting('request.jwt.claims', true), '');
  v_sub text := coalesce(current_setting('request.jwt.claim.sub', true), '');
  v_user uuid;
  v_enterprise uuid;
  v_tasks jsonb;
begin
  if private.hold(p_task, p_lease) = 'lost' then
    raise exception 'This attempt has lost its lease.' using errcode = 'AT001';
  end if;
  select user_id, enterprise_id into v_user, v_enterprise from public.agent_task_requests where id = p_task;
  if v_user is null then
    return '[]';
  end if;

  -- Claims both ways, because the auth functions of projects differ in which they read.
  perform set_config('request.jwt.claims', jsonb_build_object('sub', v_user, 'role', 'authenticated')::text, true);
  perform set_config('request.jwt.claim.sub', v_user::text, true);
  perform set_config('role', 'authenticated', true);
  select coalesce(jsonb_agg(t), '[]') into v_tasks
  from (
    select created_at, kind, status, left(request_payload ->> 'prompt', 200) as prompt,
      left(response_payload ->> 'answer', 200) as answer
    from public.agent_task_requests
    where id <> p_task and user_id = v_user and enterprise_id is not distinct from v_enterprise
    order by created_at desc limit least(p_limit, 20)
  ) t;
  perform set_config('role', v_role, true);
  perform set_config('request.jwt.claims', v_claims, true);
  perform set_config('request.jwt.claim.sub', v_sub, true);
  return v_tasks;
end
$$;

revoke execute on all functions in schema worker, private from public;
