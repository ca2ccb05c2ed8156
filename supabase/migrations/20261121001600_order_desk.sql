-- Order desk: the data and tools of the kind `order-desk`, which shows all that agents can do.
--
-- A shop's staff ask about orders of their enterprise; agents look them up, read the shop's policy, and refund. Refunds are
-- made by the tool alone: nobody has a right to write them, so that none passes by the consent that larger ones need.
--
-- Tools (called by worker.run_tool with the rights of the task's user): find_orders {status?} · search_policy {query} ·
-- refund_order {order, amount, reason}, `order` being its number.
-- Errors, which the agent is told: P0002 no such order · 22023 the amount does not fit.

create table public.shop_orders (
  id uuid primary key default gen_random_uuid(),
  enterprise_id uuid not null references public.enterprises on delete cascade,
  number text not null,
  customer text not null,
  item text not null,
  amount numeric(10, 2) not null constraint amount_is_above_0 check (amount > 0),
  currency text not null default 'EUR',
  status text not null default 'paid'
    constraint order_status_is_known check (status in ('paid', 'shipped', 'delivered', 'refunded')),
  ordered_at timestamptz not null default now(),
  constraint order_number_is_unique unique (enterprise_id, number)
);

create table public.shop_refunds (
  id uuid primary key default gen_random_uuid(),
  order_id uuid not null references public.shop_orders on delete cascade,
  task_id uuid,
  amount numeric(10, 2) not null constraint refund_is_above_0 check (amount > 0),
  reason text not null,
  made_for uuid default auth.uid(),
  created_at timestamptz not null default now()
);
create index shop_refunds_of_order on public.shop_refunds (order_id);
comment on column public.shop_refunds.made_for is 'The user of the task; task_id may be of one that is gone.';

create table public.shop_policies (
  id uuid primary key default gen_random_uuid(),
  enterprise_id uuid not null references public.enterprises on delete cascade,
  title text not null,
  body text not null,
  words tsvector generated always as (to_tsvector('english', title || ' ' || body)) stored
);
create index shop_policies_by_words on public.shop_policies using gin (words);
create index shop_policies_of_enterprise on public.shop_policies (enterprise_id);

alter table public.shop_orders enable row level security;
alter table public.shop_refunds enable row level security;
alter table public.shop_policies enable row level security;
revoke all on public.shop_orders, public.shop_refunds, public.shop_policies from anon, authenticated;
grant select on public.shop_orders, public.shop_refunds, public.shop_policies to authenticated;
grant all on public.shop_orders, public.shop_refunds, public.shop_policies to service_role;

create policy "see the orders of one's enterprises" on public.shop_orders for select to authenticated
  using (enterprise_id in (select private.my_enterprises()));
create policy "see the refunds of orders one sees" on public.shop_refunds for select to authenticated
  using (exists (select from public.shop_orders o where o.id = order_id));
create policy "see the policies of one's enterprises" on public.shop_policies for select to authenticated
  using (enterprise_id in (select private.my_enterprises()));

-- In the task's enterprise only, because the answer is written where its admins may read it.
create function private.enterprise_of_task(p_task uuid) returns uuid
language sql stable set search_path = ''
as $$
  select enterprise_id from public.agent_task_requests where id = p_task
$$;

create function agent_tools.find_orders(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(o), '[]')
  from (
    select number, customer, item, amount, currency, status, ordered_at from public.shop_orders
    where enterprise_id = private.enterprise_of_task(p_task) and status = coalesce(p_input ->> 'status', status)
    order by ordered_at desc, number desc limit 50
  ) o
$$;

-- Up to three texts that have words of the query, those with the most first.
create function agent_tools.search_policy(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  with query as (
    select string_agg(quote_literal(lexeme), ' | ')::tsquery as words
    from unnest(to_tsvector('english', left(p_input ->> 'query', 2000)))
  )
  select coalesce(jsonb_agg(jsonb_build_object('title', title, 'text', body)), '[]')
  from (
    select p.title, p.body from public.shop_policies p cross join query
    where p.enterprise_id = private.enterprise_of_task(p_task) and p.words @@ query.words
    order by ts_rank(p.words, query.words) desc, p.title limit 3
  ) found
$$;

-- Security definer: refunds are nobody's to write. What its user may not see, it does not find.
create function agent_tools.refund_order(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_amount constant numeric := round((p_input ->> 'amount')::numeric, 2);
  v_order public.shop_orders;
  v_refunded numeric;
begin
  select o.* into v_order
  from public.agent_task_requests t join public.shop_orders o on o.enterprise_id = t.enterprise_id
  where t.id = p_task and t.user_id = (select auth.uid()) and o.number = p_input ->> 'order'
    and o.enterprise_id in (select private.my_enterprises())
  for no key update of o;
  if not found then
    raise exception 'There is no such order.' using errcode = 'P0002';
  end if;
  select coalesce(sum(amount), 0) into v_refunded from public.shop_refunds where order_id = v_order.id;
  if v_amount is null or v_amount <= 0 or v_amount > v_order.amount - v_refunded then
    raise exception 'Of order % at most % % can be refunded.', v_order.number, v_order.amount - v_refunded, v_order.currency
      using errcode = '22023';
  end if;
  insert into public.shop_refunds (order_id, task_id, amount, reason)
  values (v_order.id, p_task, v_amount, left(coalesce(p_input ->> 'reason', ''), 1000));
  if v_refunded + v_amount = v_order.amount then
    update public.shop_orders set status = 'refunded' where id = v_order.id;
  end if;
  return jsonb_build_object('order', v_order.number, 'amount', v_amount, 'currency', v_order.currency);
end
$$;

revoke execute on all functions in schema worker, private, agent_tools from public;
grant execute on function private.enterprise_of_task to authenticated, service_role;
grant execute on function agent_tools.find_orders, agent_tools.search_policy, agent_tools.refund_order to authenticated, service_role;
