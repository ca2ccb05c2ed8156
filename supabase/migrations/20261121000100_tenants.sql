-- Tenants: who belongs to which enterprise, and who looks after all of them.
--
-- An enterprise is a tenant. Its members submit tasks and watch their own; its admins watch and mend all of its
-- tasks; platform admins, rows in a table of their own, see everything. A right is a row that is read at each
-- query, never a claim in a token: take the row away, and the right is gone at once. (Realtime asks when a private channel
-- is joined and at each new token: one that was joined before is heard until its token is renewed, an hour at the most.)
--
-- Schema `private` holds what policies need to ask. No API exposes it.

create schema private;
grant usage on schema private to authenticated, service_role;

create table public.enterprises (
  id uuid primary key default gen_random_uuid(),
  name text not null constraint enterprise_has_a_name check (length(name) between 1 and 200),
  created_at timestamptz not null default now()
);

create table public.enterprise_members (
  enterprise_id uuid not null references public.enterprises on delete cascade,
  user_id uuid not null references auth.users on delete cascade,
  role text not null default 'member' constraint role_is_member_or_admin check (role in ('member', 'admin')),
  created_at timestamptz not null default now(),
  primary key (enterprise_id, user_id)
);
create index enterprise_members_by_user on public.enterprise_members (user_id);

create table public.platform_admins (
  user_id uuid primary key references auth.users on delete cascade,
  created_at timestamptz not null default now()
);

-- Security definer, because a policy on enterprise_members that reads enterprise_members would never end.
create function private.my_enterprises() returns setof uuid
language sql stable security definer set search_path = ''
as $$
  select enterprise_id from public.enterprise_members where user_id = (select auth.uid())
$$;

create function private.my_admin_enterprises() returns setof uuid
language sql stable security definer set search_path = ''
as $$
  select enterprise_id from public.enterprise_members where user_id = (select auth.uid()) and role = 'admin'
$$;

create function private.is_platform_admin() returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (select from public.platform_admins where user_id = (select auth.uid()))
$$;

-- Functions may be executed by everybody unless that is taken back; policies ask these in the user's name.
revoke execute on all functions in schema private from public;
grant execute on all functions in schema private to authenticated, service_role;

alter table public.enterprises enable row level security;
alter table public.enterprise_members enable row level security;
alter table public.platform_admins enable row level security;

revoke all on public.enterprises, public.enterprise_members, public.platform_admins from anon, authenticated;
grant select on public.enterprises, public.enterprise_members, public.platform_admins to authenticated;
grant all on public.enterprises, public.enterprise_members, public.platform_admins to service_role;

create policy "members see their enterprises" on public.enterprises for select to authenticated
  using (id in (select private.my_enterprises()) or (select private.is_platform_admin()));

create policy "see own memberships, and as an admin all of the enterprise" on public.enterprise_members
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or enterprise_id in (select private.my_admin_enterprises())
    or (select private.is_platform_admin())
  );

create policy "see that oneself is a platform admin" on public.platform_admins for select to authenticated
  using (user_id = (select auth.uid()));
