-- The demo people's places on the local stack. `npm start` signs these people up first, by Auth's own sign-up; a
-- database without them, such as a hosted project, is left as it is. May run again at any time.

insert into public.enterprises (id, name)
select seed.id, seed.name
from (values
  ('00000000-0000-4000-8000-00000000ac3e'::uuid, 'Acme', 'ada@acme.test'),
  ('00000000-0000-4000-8000-0000000910be'::uuid, 'Globex', 'eve@globex.test')
) as seed (id, name, first_member)
where exists (select from auth.users where email = seed.first_member)
on conflict (id) do nothing;

insert into public.enterprise_members (enterprise_id, user_id, role)
select seed.enterprise_id, users.id, seed.role
from (values
  ('00000000-0000-4000-8000-00000000ac3e'::uuid, 'ada@acme.test', 'admin'),
  ('00000000-0000-4000-8000-00000000ac3e'::uuid, 'bob@acme.test', 'member'),
  ('00000000-0000-4000-8000-0000000910be'::uuid, 'eve@globex.test', 'member')
) as seed (enterprise_id, email, role)
join auth.users on users.email = seed.email
on conflict do nothing;

insert into public.platform_admins (user_id)
select id from auth.users where email = 'root@liverow.test'
on conflict do nothing;

-- A shop for the kind `order-desk`.
insert into public.shop_orders (enterprise_id, number, customer, item, amount, status, ordered_at)
select '00000000-0000-4000-8000-00000000ac3e', seed.number, seed.customer, seed.item, seed.amount, seed.status,
  now() - make_interval(days => seed.days)
from (values
  ('1001', 'Marta Lindqvist', 'Walnut desk lamp', 89.00, 'delivered', 9),
  ('1002', 'Jonas Weber', 'Ceramic mug, set of two', 18.50, 'delivered', 6),
  ('1003', 'Priya Nair', 'Oak standing desk', 649.00, 'delivered', 4),
  ('1004', 'Tom Okafor', 'Felt desk mat', 34.90, 'shipped', 2),
  ('1005', 'Lucía Romero', 'Ergonomic chair', 420.00, 'paid', 1)
) as seed (number, customer, item, amount, status, days)
where exists (select from public.enterprises where id = '00000000-0000-4000-8000-00000000ac3e')
on conflict on constraint order_number_is_unique do nothing;

insert into public.shop_policies (enterprise_id, title, body)
select '00000000-0000-4000-8000-00000000ac3e', seed.title, seed.body
from (values
  ('Damaged or broken goods', 'A customer whose item arrives broken, damaged or cracked gets the full amount back within 30 days. No return is needed below 50 EUR. Ask for no photo below 20 EUR.'),
  ('Late deliveries', 'When a delivery is more than five working days late, the customer may cancel and gets the full amount back. Earlier than that, offer to track the parcel.'),
  ('Changed mind', 'Unused goods can be returned within 14 days for a full refund. The customer pays the return; furniture is picked up for 25 EUR.')
) as seed (title, body)
where exists (select from public.enterprises where id = '00000000-0000-4000-8000-00000000ac3e')
  and not exists (select from public.shop_policies p where p.title = seed.title);
