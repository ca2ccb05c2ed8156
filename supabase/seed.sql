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
