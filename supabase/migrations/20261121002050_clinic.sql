-- Clinic: the data and tools of the scenario `clinic`, a front desk that gives appointments.
--
-- A slot is everybody's to book, or for the members of an enterprise. It is booked once. Who has booked it and why is the
-- user's own affair: nobody else sees a booking, and agents see only that the slot is no longer free.
-- Cap for each user: 5 appointments to come.
--
-- A call that cancels names the appointment by its id and says when and with whom it is, which must be true: whoever is asked
-- for consent reads that, and no id. The slot is then free for everybody who may book it.
--
-- Tools (called by worker.run_tool with the rights of the task's user): find_slots {kind, from_day} → [{slot, kind, with,
--   startsAt, minutes}], the first ten · book_slot {slot, reason} → {slot, kind, with, startsAt, minutes} · list_bookings {}
--   → the same of the user's own, without the reasons, since those are nobody's business who reads the conversation ·
--   cancel_slot {slot, startsAt, with} → the same of the one that is free again; waits for the user's consent.
-- Errors, which the agent is told: 22023 malformed, not free, or not the user's · PT429 too many.

create table public.clinic_slots (
  id uuid primary key default gen_random_uuid(),
  enterprise_id uuid references public.enterprises on delete cascade,
  kind text not null
    constraint slot_kind_is_known check (kind in ('checkup', 'consultation', 'vaccination', 'physiotherapy')),
  clinician text not null constraint clinician_is_short check (length(clinician) between 1 and 100),
  starts_at timestamptz not null,
  minutes integer not null default 20 constraint minutes_are_5_to_480 check (minutes between 5 and 480),
  constraint clinician_is_at_one_place unique (clinician, starts_at)
);
create index clinic_slots_by_time on public.clinic_slots (starts_at);
create index clinic_slots_of_enterprise on public.clinic_slots (enterprise_id);
comment on column public.clinic_slots.enterprise_id is 'Null: everybody''s.';

create table public.clinic_bookings (
  slot_id uuid primary key references public.clinic_slots on delete cascade,
  user_id uuid not null references auth.users on delete cascade,
  task_id uuid,
  reason text not null constraint reason_has_1_to_500_characters check (length(reason) <= 500 and reason ~ '\S'),
  created_at timestamptz not null
);
create index clinic_bookings_of_user on public.clinic_bookings (user_id);
comment on column public.clinic_bookings.task_id is 'That one may be gone.';

alter table public.clinic_slots enable row level security;
alter table public.clinic_bookings enable row level security;
revoke all on public.clinic_slots, public.clinic_bookings from anon, authenticated;
grant select on public.clinic_slots, public.clinic_bookings to authenticated;
grant all on public.clinic_slots, public.clinic_bookings to service_role;

create policy "see everybody's slots and those of one's enterprises" on public.clinic_slots for select to authenticated
  using (enterprise_id is null or enterprise_id in (select private.my_enterprises()));
create policy "see one's own bookings" on public.clinic_bookings for select to authenticated
  using (user_id = (select auth.uid()));

-- The slots to come that the task of the caller's could book, booked or not: those of its enterprise and everybody's.
create function private.slots_of(p_task uuid) returns setof public.clinic_slots
language sql stable set search_path = ''
as $$
  select slot.* from public.agent_task_requests t
  join public.clinic_slots slot on slot.enterprise_id is null
    or (slot.enterprise_id = t.enterprise_id and t.enterprise_id in (select private.my_enterprises()))
  where t.id = p_task and t.user_id = (select auth.uid()) and slot.starts_at > worker.now()
$$;

create function private.describe_slot(p_slot public.clinic_slots) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_build_object('slot', p_slot.id, 'kind', p_slot.kind, 'with', p_slot.clinician, 'startsAt', p_slot.starts_at,
    'minutes', p_slot.minutes)
$$;

-- Security definer: bookings of others count, which their user may not see.
create function agent_tools.find_slots(p_task uuid, p_input jsonb) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_from timestamptz;
begin
  begin
    v_from := (p_input ->> 'from_day')::date;
  exception when data_exception then
    raise exception 'from_day is a day as YYYY-MM-DD.' using errcode = '22023';
  end;
  return (
    select coalesce(jsonb_agg(private.describe_slot(free) order by free.starts_at, free.id), '[]')
    from (
      select slot.* from private.slots_of(p_task) slot
      where slot.kind = coalesce(p_input ->> 'kind', slot.kind) and (v_from is null or slot.starts_at >= v_from)
        and not exists (select from public.clinic_bookings b where b.slot_id = slot.id)
      order by slot.starts_at, slot.id limit 10) free);
end
$$;

-- Booking one's own slot again changes nothing.
-- Security definer: users may not write bookings.
create function agent_tools.book_slot(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  c_most constant integer := 5;
  v_reason constant text := btrim(p_input ->> 'reason');
  v_slot public.clinic_slots;
  v_user uuid;
begin
  if coalesce(length(v_reason), 0) not between 1 and 500 then
    raise exception 'Give the reason in 1 to 500 characters.' using errcode = '22023';
  end if;
  select * into v_slot from private.slots_of(p_task) slot where slot.id = private.uuid_in(p_input ->> 'slot');
  if not found then
    raise exception 'There is no such appointment to come.' using errcode = '22023', hint = 'Ask find_slots for free ones.';
  end if;
  -- One user's bookings take turns, so that two at once do not go beyond the cap.
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(':', 'clinic', (select auth.uid())), 0));
  select user_id into v_user from public.clinic_bookings where slot_id = v_slot.id;
  if v_user is null and (
    select count(*) from public.clinic_bookings b join public.clinic_slots s on s.id = b.slot_id
    where b.user_id = (select auth.uid()) and s.starts_at > worker.now()) >= c_most
  then
    raise exception 'The user has % appointments to come, which is the limit.', c_most using errcode = 'PT429';
  end if;
  if v_user is null then
    insert into public.clinic_bookings (slot_id, user_id, task_id, reason, created_at)
    values (v_slot.id, (select auth.uid()), p_task, v_reason, worker.now())
    on conflict do nothing returning user_id into v_user;
  end if;
  if v_user is distinct from (select auth.uid()) then
    raise exception 'Somebody else has booked this appointment.' using errcode = '22023', hint = 'Offer another one.';
  end if;
  return private.describe_slot(v_slot);
end
$$;

-- The user's own appointments to come, which the task's enterprise has or everybody.
-- Security definer: users may not call what the clinic's tools share. It tells of the caller's own and nothing else.
create function agent_tools.list_bookings(p_task uuid, p_input jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_agg(private.describe_slot(slot) order by slot.starts_at, slot.id), '[]')
  from private.slots_of(p_task) slot join public.clinic_bookings b on b.slot_id = slot.id
  where b.user_id = (select auth.uid())
$$;

-- Security definer: users may not write bookings.
create function agent_tools.cancel_slot(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_slot public.clinic_slots;
  v_starts_at timestamptz;
begin
  begin
    v_starts_at := (p_input ->> 'startsAt')::timestamptz;
  exception when data_exception then
    raise exception 'startsAt is a moment as list_bookings tells it.' using errcode = '22023';
  end;
  select slot.* into v_slot from private.slots_of(p_task) slot
  where slot.id = private.uuid_in(p_input ->> 'slot') and slot.starts_at = v_starts_at
    and slot.clinician = p_input ->> 'with';
  delete from public.clinic_bookings b where b.slot_id = v_slot.id and b.user_id = (select auth.uid());
  if not found then
    raise exception 'The user has no such appointment to come.'
      using errcode = '22023', hint = 'Ask list_bookings, and give id, time and clinician as it tells them.';
  end if;
  return private.describe_slot(v_slot);
end
$$;

revoke execute on all functions in schema worker, private, agent_tools from public;
grant execute on function agent_tools.find_slots, agent_tools.book_slot, agent_tools.list_bookings, agent_tools.cancel_slot to authenticated, service_role;
