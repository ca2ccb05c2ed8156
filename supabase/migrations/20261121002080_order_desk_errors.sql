-- An order that is not there is the agent's affair: it is told, and may ask for another one. The code of "order desk",
-- P0002, is none of those that private.call_as_user gives back to the agent, so the whole task failed of a mistyped number.

-- Security definer: refunds are nobody's to write. What its user may not see, it does not find.
create or replace function agent_tools.refund_order(p_task uuid, p_input jsonb) returns jsonb
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
    raise exception 'There is no such order.' using errcode = '22023';
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
