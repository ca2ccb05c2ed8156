-- Governance: what tasks cost, what they may cost, and how fast a provider may be asked.
--
-- Usage. A finished model call has its tokens in its step, and its price in USD (null when none is known). The same is
-- added up in agent_usage by day (UTC), tenant, user, kind and model: that outlives the tasks. A step of attempt 0 is a
-- copy that a fork has made of another task's step; it was paid for there and counts as nothing.
--
-- Budgets bound tokens (input and output) and money, per task or per tenant and day (UTC). A request may bring limits of
-- its own; the lowest counts. A task's spending is that of its present life: a retry begins at nothing, and the day's
-- budget bounds all of them. What is compared is what has been spent, before each model call: a limit that is reached
-- stops the next call, and calls that are under way at that moment may take it over the limit. Where money is bounded, a
-- model without a known price is not asked. A child has a budget of its own, which is at most that of its parent.
--   reasons: task_tokens · task_cost · day_tokens · day_cost · price_unknown; they end a task as `budget_exhausted`.
--
-- Rate limits toward the provider are shared by all workers: a bucket for each model, which holds what may be asked in a
-- minute and fills evenly. A call takes one request and the tokens that it is expected to need, and brings back or takes
-- the difference when it is done. A call larger than the bucket goes when that is full, and leaves a debt, so that the
-- rate holds over time. So that small calls do not drain it for ever before a large one, whoever is refused first stands
-- first in line: until its time has come, and five seconds more, others only get what it leaves.
--
-- Verbs of the worker: admit_call → {verdict: continue | cancel | lost | budget | rate, reason?, after_seconds?}
-- Verbs of platform admins: limit_agent_spending · limit_agent_model · agent_limits. For all: agent_spending.
--
-- Errors: 42501 not an admin · 23514 a limit that cannot be.

-- Usage ----------------------------------------------------------------------------------------------------------

alter table public.agent_task_steps add column cost numeric(14, 8);
comment on column public.agent_task_steps.cost is 'Of a model call, in USD; null when no price is known.';
comment on column public.agent_task_steps.usage is
  'Of a model call: {requests, inputTokens, cachedTokens (a part of the input), outputTokens, totalTokens}, in tokens.';

-- No foreign keys: what was spent stays known when task, user and enterprise are gone.
create table public.agent_usage (
  day date not null,
  tenant_id uuid not null,
  enterprise_id uuid,
  user_id uuid,
  kind text not null,
  model text not null,
  requests bigint not null,
  input_tokens bigint not null,
  cached_tokens bigint not null,
  output_tokens bigint not null,
  cost numeric(14, 8) not null,
  unpriced_requests bigint not null,
  constraint usage_is_by_day_user_kind_and_model unique nulls not distinct (day, tenant_id, user_id, kind, model)
) with (fillfactor = 70);
comment on table public.agent_usage is
  'What model calls took, by day (UTC). cost is in USD and leaves out the unpriced_requests, for which no price was known.';
create index agent_usage_of_user on public.agent_usage (user_id, day);
create index agent_usage_of_enterprise on public.agent_usage (enterprise_id, day);

alter table public.agent_usage enable row level security;
revoke all on public.agent_usage from anon, authenticated;
grant select on public.agent_usage to authenticated;
grant all on public.agent_usage to service_role;

create policy "see own usage, and as an admin that of others" on public.agent_usage for select to authenticated
  using (
    user_id = (select auth.uid())
    or enterprise_id in (select private.my_admin_enterprises())
    or (select private.is_platform_admin())
  );

-- A count in a step's usage. Providers write it, so what is no number is 0, as is what is less.
create function private.count_of(p_usage jsonb, p_name text) returns bigint
language sql immutable set search_path = ''
as $$
  select case when jsonb_typeof(p_usage -> p_name) = 'number'
    then least(greatest((p_usage ->> p_name)::numeric, 0), 1e12)::bigint else 0 end
$$;

-- What the model calls of each life of a task took.
create view public.agent_task_usage with (security_invoker = true) as
  select task_id, life,
    sum(greatest(private.count_of(usage, 'requests'), 1))::bigint as requests,
    sum(private.count_of(usage, 'inputTokens'))::bigint as input_tokens,
    sum(private.count_of(usage, 'cachedTokens'))::bigint as cached_tokens,
    sum(private.count_of(usage, 'outputTokens'))::bigint as output_tokens,
    coalesce(sum(cost), 0) as cost,
    coalesce(sum(greatest(private.count_of(usage, 'requests'), 1)) filter (where cost is null), 0)::bigint as unpriced_requests
  from public.agent_task_steps
  where kind = 'model' and status = 'done' and attempt > 0
  group by task_id, life;
revoke all on public.agent_task_usage from anon, authenticated;
grant select on public.agent_task_usage to authenticated, service_role;

-- Security definer: users have no right to the worker's clock.
create function private.today() returns date
language sql volatile security definer set search_path = ''
as $$
  select (worker.now() at time zone 'UTC')::date
$$;

-- Budgets --------------------------------------------------------------------------------------------------------

alter table public.agent_task_requests
  add column token_budget bigint constraint token_budget_is_above_0 check (token_budget > 0),
  -- NaN is greater than all numbers.
  add column cost_budget numeric constraint cost_budget_is_above_0 check (cost_budget > 0 and cost_budget < 'infinity');
comment on column public.agent_task_requests.token_budget is 'Of input and output, for each life; the task ends when it is spent.';
comment on column public.agent_task_requests.cost_budget is 'In USD, for each life; the task ends when it is spent.';
grant insert (token_budget, cost_budget) on public.agent_task_requests to authenticated;

-- A poisoned prompt must not get around a budget by having children spend.
create function private.inherit_budget() returns trigger
language plpgsql set search_path = ''
as $$
begin
  select least(new.token_budget, p.token_budget), least(new.cost_budget, p.cost_budget)
  into new.token_budget, new.cost_budget
  from public.agent_task_requests p where p.id = new.parent_id;
  return new;
end
$$;

create trigger inherit_budget before insert on public.agent_task_requests
  for each row when (new.parent_id is not null) execute function private.inherit_budget();

create table worker.budgets (
  tenant_id uuid,
  per text not null constraint per_is_known check (per in ('task', 'day')),
  max_tokens bigint constraint max_tokens_is_not_negative check (max_tokens >= 0),
  max_cost numeric constraint max_cost_is_not_negative check (max_cost >= 0 and max_cost < 'infinity'),
  constraint one_budget_each unique nulls not distinct (tenant_id, per),
  constraint a_budget_limits_something check (max_tokens is not null or max_cost is not null)
);
comment on column worker.budgets.tenant_id is 'Null is for every tenant that has no row of its own for the same `per`.';

alter table worker.budgets enable row level security;
grant select, insert, update, delete on worker.budgets to service_role;

create function private.budget_of(p_tenant uuid, p_per text) returns worker.budgets
language sql stable set search_path = ''
as $$
  select b from worker.budgets b
  where per = p_per and (tenant_id = p_tenant or tenant_id is null) order by tenant_id nulls last limit 1
$$;

-- Which budget of this request is spent: task_tokens | task_cost | day_tokens | day_cost, or null.
create function private.exhausted(p_request public.agent_task_requests) returns text
language plpgsql volatile set search_path = ''
as $$
declare
  v_tenant constant uuid := private.tenant_of(p_request.enterprise_id, p_request.user_id);
  v_task worker.budgets;
  v_day worker.budgets;
  v_tokens numeric;
  v_cost numeric;
begin
  if p_request.token_budget is null and p_request.cost_budget is null and not exists (select from worker.budgets) then
    return null;
  end if;

  v_task := private.budget_of(v_tenant, 'task');
  v_task.max_tokens := least(v_task.max_tokens, p_request.token_budget);
  v_task.max_cost := least(v_task.max_cost, p_request.cost_budget);
  if coalesce(v_task.max_tokens, v_task.max_cost) is not null then
    select u.input_tokens + u.output_tokens, u.cost into v_tokens, v_cost from public.agent_task_usage u
    where u.task_id = p_request.id and u.life = p_request.life;
    if coalesce(v_tokens, 0) >= v_task.max_tokens then
      return 'task_tokens';
    elsif coalesce(v_cost, 0) >= v_task.max_cost then
      return 'task_cost';
    end if;
  end if;

  v_day := private.budget_of(v_tenant, 'day');
  if coalesce(v_day.max_tokens, v_day.max_cost) is not null then
    select coalesce(sum(u.input_tokens + u.output_tokens), 0), coalesce(sum(u.cost), 0) into v_tokens, v_cost
    from public.agent_usage u where u.day = private.today() and u.tenant_id = v_tenant;
    if v_tokens >= v_day.max_tokens then
      return 'day_tokens';
    elsif v_cost >= v_day.max_cost then
      return 'day_cost';
    end if;
  end if;
  return null;
end
$$;

create function private.is_money_bounded(p_request public.agent_task_requests) returns boolean
language sql stable set search_path = ''
as $$
  select p_request.cost_budget is not null or exists (
    select from unnest(array['task', 'day']) per
    where (private.budget_of(private.tenant_of(p_request.enterprise_id, p_request.user_id), per)).max_cost is not null)
$$;

-- Rate limits ----------------------------------------------------------------------------------------------------

-- `…_left` is what the bucket held at filled_at; less than nothing is a debt.
create table worker.rate_limits (
  model text primary key constraint model_has_a_name check (length(model) between 1 and 200),
  requests_per_minute integer constraint requests_per_minute_is_above_0 check (requests_per_minute > 0),
  tokens_per_minute integer constraint tokens_per_minute_is_above_0 check (tokens_per_minute > 0),
  requests_left double precision,
  tokens_left double precision,
  filled_at timestamptz not null,
  first_task uuid,
  first_tokens double precision,
  first_until timestamptz,
  constraint a_limit_limits_something check (requests_per_minute is not null or tokens_per_minute is not null)
) with (fillfactor = 50);
comment on column worker.rate_limits.first_task is 'Who stands first in line, until first_until, for first_tokens.';

alter table worker.rate_limits enable row level security;
grant select, insert, update, delete on worker.rate_limits to service_role;

-- Takes a call from the model's bucket. Returns after how many seconds it can be had, or null once it is taken.
create function private.take_call(p_model text, p_task uuid, p_tokens integer) returns double precision
language plpgsql set search_path = ''
as $$
declare
  c_patience constant interval := interval '5 seconds';
  v_limit worker.rate_limits;
  v_now timestamptz;
  v_minutes double precision;
  -- Less counts as nothing: sums of fractions are not exact.
  v_least constant double precision := 1e-6;
  v_wait double precision;
  v_after_others boolean;
  v_needs double precision;
begin
  select * into v_limit from worker.rate_limits l where l.model = p_model for update;
  if not found then
    return null;
  end if;
  -- The bucket is full again without it if PostgreSQL crashes: no reason to have all wait for the disk.
  perform set_config('synchronous_commit', 'off', true);

  -- Read under the lock, so that whoever comes later has the later time.
  v_now := greatest(worker.now(), v_limit.filled_at);
  v_minutes := extract(epoch from v_now - v_limit.filled_at) / 60;
  v_limit.requests_left := least(v_limit.requests_per_minute, v_limit.requests_left + v_minutes * v_limit.requests_per_minute);
  v_limit.tokens_left := least(v_limit.tokens_per_minute, v_limit.tokens_left + v_minutes * v_limit.tokens_per_minute);

  v_needs := least(greatest(coalesce(p_tokens, 0), 0), v_limit.tokens_per_minute);
  v_after_others := coalesce(v_limit.first_task <> p_task and v_limit.first_until > v_now, false);
  v_wait := 60 * greatest(
    (1 + v_after_others::integer - v_limit.requests_left) / v_limit.requests_per_minute,
    (v_needs + case when v_after_others then v_limit.first_tokens else 0 end - v_limit.tokens_left) / v_limit.tokens_per_minute);
  if v_wait > v_least then
    v_wait := ceil((v_wait - v_least) * 1000) / 1000;
    if not v_after_others then
      update worker.rate_limits l
      set first_task = p_task, first_tokens = v_needs, first_until = v_now + make_interval(secs => v_wait) + c_patience
      where l.model = p_model;
    end if;
    return v_wait;
  end if;

  update worker.rate_limits l
  set requests_left = v_limit.requests_left - 1, tokens_left = v_limit.tokens_left - greatest(coalesce(p_tokens, 0), 0),
    filled_at = v_now, first_task = case when v_after_others then l.first_task end
  where l.model = p_model;
  return null;
end
$$;

-- Before each model call that is not in the journal. p_tokens is what it is expected to need, p_is_priced whether a price
-- is known. It writes nothing of the task, so it locks nothing but the bucket of the model, if that has a limit.
create function worker.admit_call(p_task uuid, p_lease uuid, p_model text, p_tokens integer, p_is_priced boolean)
returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_request public.agent_task_requests;
  v_reason text;
  v_after double precision;
begin
  select r.* into v_request from public.agent_task_requests r
  where r.id = p_task and exists (select from worker.queue q where q.task_id = p_task and q.lease_id = p_lease);
  if not found then
    return jsonb_build_object('verdict', 'lost');
  elsif v_request.cancel_requested_at is not null then
    return jsonb_build_object('verdict', 'cancel');
  end if;

  v_reason := private.exhausted(v_request);
  if v_reason is null and p_is_priced is not true and private.is_money_bounded(v_request) then
    v_reason := 'price_unknown';
  end if;
  if v_reason is not null then
    return jsonb_build_object('verdict', 'budget', 'reason', v_reason);
  end if;

  v_after := private.take_call(p_model, p_task, p_tokens);
  if v_after is not null then
    return jsonb_build_object('verdict', 'rate', 'after_seconds', v_after);
  end if;
  return jsonb_build_object('verdict', 'continue');
end
$$;

-- Adds a finished model call, {name, usage, cost?, reserved?}, to what was used, and gives the bucket what was reserved in
-- vain, or takes what was not enough. Whoever adds several calls in one transaction does so in the order of their names,
-- because the rows stay locked until its end.
create function private.spend(p_request public.agent_task_requests, p_step jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_usage constant jsonb := p_step -> 'usage';
  v_requests constant bigint := greatest(private.count_of(v_usage, 'requests'), 1);
  v_input constant bigint := private.count_of(v_usage, 'inputTokens');
  v_output constant bigint := private.count_of(v_usage, 'outputTokens');
  v_cost constant numeric := (p_step ->> 'cost')::numeric;
begin
  insert into public.agent_usage as u (day, tenant_id, enterprise_id, user_id, kind, model, requests, input_tokens,
    cached_tokens, output_tokens, cost, unpriced_requests)
  values (private.today(), private.tenant_of(p_request.enterprise_id, p_request.user_id), p_request.enterprise_id,
    p_request.user_id, p_request.kind, p_step ->> 'name', v_requests, v_input,
    private.count_of(v_usage, 'cachedTokens'), v_output, coalesce(v_cost, 0), case when v_cost is null then v_requests else 0 end)
  on conflict on constraint usage_is_by_day_user_kind_and_model do update
    set requests = u.requests + excluded.requests, input_tokens = u.input_tokens + excluded.input_tokens,
      cached_tokens = u.cached_tokens + excluded.cached_tokens, output_tokens = u.output_tokens + excluded.output_tokens,
      cost = u.cost + excluded.cost, unpriced_requests = u.unpriced_requests + excluded.unpriced_requests;

  update worker.rate_limits l
  set tokens_left = least(l.tokens_left - (v_input + v_output) + private.count_of(p_step, 'reserved'), l.tokens_per_minute)
  where l.model = p_step ->> 'name' and l.tokens_per_minute is not null
    and v_input + v_output <> private.count_of(p_step, 'reserved');
end
$$;

-- Verbs of platform admins ---------------------------------------------------------------------------------------
-- Security definer: the queue's tables are closed to users.

-- tenant_id null: every tenant without a budget of its own. per: task | day. Without a limit the budget is removed.
create function public.limit_agent_spending(
  tenant_id uuid, per text, max_tokens bigint default null, max_cost numeric default null
)
returns void
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
begin
  perform private.check_platform_admin();
  if coalesce(max_tokens, max_cost) is null then
    delete from worker.budgets b
    where b.tenant_id is not distinct from limit_agent_spending.tenant_id and b.per = limit_agent_spending.per;
  else
    insert into worker.budgets (tenant_id, per, max_tokens, max_cost) values (tenant_id, per, max_tokens, max_cost)
    on conflict on constraint one_budget_each do update set max_tokens = excluded.max_tokens, max_cost = excluded.max_cost;
  end if;
  perform private.record_action('limit_spending', null, (select e.id from public.enterprises e where e.id = tenant_id),
    jsonb_build_object('tenant_id', tenant_id, 'per', per, 'max_tokens', max_tokens, 'max_cost', max_cost));
end
$$;

-- How often a provider may be asked for this model, by its name as it is asked for. Without a limit it is removed.
create function public.limit_agent_model(
  model text, requests_per_minute integer default null, tokens_per_minute integer default null
)
returns void
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_variable
begin
  perform private.check_platform_admin();
  if coalesce(requests_per_minute, tokens_per_minute) is null then
    delete from worker.rate_limits l where l.model = limit_agent_model.model;
  else
    insert into worker.rate_limits as l
      (model, requests_per_minute, tokens_per_minute, requests_left, tokens_left, filled_at)
    values (model, requests_per_minute, tokens_per_minute, requests_per_minute, tokens_per_minute, worker.now())
    on conflict on constraint rate_limits_pkey do update
      set requests_per_minute = excluded.requests_per_minute, tokens_per_minute = excluded.tokens_per_minute,
        -- What was taken stays taken.
        requests_left = case when excluded.requests_left is not null then least(l.requests_left, excluded.requests_left) end,
        tokens_left = case when excluded.tokens_left is not null then least(l.tokens_left, excluded.tokens_left) end;
  end if;
  perform private.record_action('limit_model', null, null, jsonb_build_object('model', model,
    'requests_per_minute', requests_per_minute, 'tokens_per_minute', tokens_per_minute));
end
$$;

-- What has been said: {budgets: [{tenant_id, name, per, max_tokens, max_cost}] (null is every other tenant), models:
-- [{model, requests_per_minute, tokens_per_minute}]}.
create function public.agent_limits() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.check_platform_admin();
  return jsonb_build_object(
    'budgets', coalesce((
      select jsonb_agg(to_jsonb(b) || jsonb_build_object('name', coalesce(e.name, u.email)) order by b.tenant_id nulls first, b.per)
      from worker.budgets b
      left join public.enterprises e on e.id = b.tenant_id
      left join auth.users u on u.id = b.tenant_id), '[]'),
    'models', coalesce((
      select jsonb_agg(jsonb_build_object('model', l.model, 'requests_per_minute', l.requests_per_minute,
        'tokens_per_minute', l.tokens_per_minute) order by l.model)
      from worker.rate_limits l), '[]'));
end
$$;

-- Spending -------------------------------------------------------------------------------------------------------

-- What was used within so many days (UTC, today is the first), as far as the caller may see it: {total, days: [{day, …}],
-- kinds: [{kind, …}], models: [{model, …}], users: [{user_id, …}] (the twenty that spent most)}, each with requests,
-- input_tokens, cached_tokens, output_tokens, cost, unpriced_requests.
create function public.agent_spending(p_days integer default 30) returns jsonb
language sql volatile set search_path = ''
as $$
  with sums as (
    select grouping(day, kind, model, user_id) as by, day, kind, model, user_id,
      rank() over (partition by grouping(day, kind, model, user_id)
        order by sum(cost) desc, sum(input_tokens + output_tokens) desc, user_id) as place,
      jsonb_build_object('requests', coalesce(sum(requests), 0), 'input_tokens', coalesce(sum(input_tokens), 0),
        'cached_tokens', coalesce(sum(cached_tokens), 0), 'output_tokens', coalesce(sum(output_tokens), 0),
        'cost', coalesce(sum(cost), 0), 'unpriced_requests', coalesce(sum(unpriced_requests), 0)) as used
    from public.agent_usage where day > (select private.today()) - p_days
    group by grouping sets ((day), (kind), (model), (user_id), ())
  )
  select jsonb_build_object(
    'total', (select used from sums where by = 15),
    'days', coalesce((select jsonb_agg(jsonb_build_object('day', day) || used order by day) from sums where by = 7), '[]'),
    'kinds', coalesce((select jsonb_agg(jsonb_build_object('kind', kind) || used order by place) from sums where by = 11), '[]'),
    'models', coalesce((select jsonb_agg(jsonb_build_object('model', model) || used order by place) from sums where by = 13), '[]'),
    'users', coalesce((
      select jsonb_agg(jsonb_build_object('user_id', user_id) || used order by place)
      from sums where by = 14 and place <= 20), '[]'))
$$;

revoke execute on function public.limit_agent_spending, public.limit_agent_model, public.agent_limits, public.agent_spending
  from public, anon;
grant execute on function public.limit_agent_spending, public.limit_agent_model, public.agent_limits, public.agent_spending
  to authenticated, service_role;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.count_of, private.today to authenticated, service_role;
grant execute on function private.budget_of, private.exhausted, private.is_money_bounded, private.take_call, private.spend
  to service_role;
