-- Clinic cancelling: users give back an appointment of their own through the front desk.
--
-- Only one's own, and only one to come. A call names the appointment by its id and says when and with whom it is, which must
-- be true: whoever is asked for consent reads that, and no id. The slot is then free for everybody who may book it.
--
-- Tools (with the rights of the task's user): list_bookings {} → [{slot, kind, with, startsAt, minutes}], without the
--   reasons, since those are nobody's business who reads the conversation · cancel_slot {slot, startsAt, with} → the same
--   of the one that is free again; waits for the user's consent.
-- Errors, which the agent is told: 22023 malformed, or no such appointment of the user's.

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

insert into public.scenario_tools (name, title, description, effect, needs_approval, calls_per_minute, parameters)
values
  ('list_bookings', 'List appointments', 'The user’s own appointments to come, with id, kind, clinician and time.', 'read', false, 30,
    '{"type":"object","properties":{},"additionalProperties":false}'),
  ('cancel_slot', 'Cancel an appointment', 'Gives an appointment of the user back. Waits for the user to consent.', 'write', true, 6,
    '{"type":"object","properties":{"slot":{"type":"string","format":"uuid","pattern":"^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$","description":"The id of the appointment, from list_bookings."},"startsAt":{"type":"string","maxLength":40,"description":"When it is, as list_bookings tells it: whoever is asked for consent reads this and no id."},"with":{"type":"string","maxLength":100,"description":"With whom it is, as list_bookings tells it."}},"required":["slot","startsAt","with"],"additionalProperties":false}');

-- The clinic as delivered gets them; one that admins have changed is theirs, and sessions keep the version they began with.
create function pg_temp.with_cancelling(p_definition jsonb) returns jsonb
language sql immutable
as $$
  select jsonb_set(p_definition, '{agents}', (
    select jsonb_agg(case agent ->> 'name' when 'scheduling' then agent || jsonb_build_object(
        'description', 'Finds free appointments, books and cancels them.',
        'tools', (agent -> 'tools') || '["list_bookings", "cancel_slot"]',
        'intents', (agent -> 'intents') || '["cancel"]',
        'instructions', replace(agent ->> 'instructions',
          E'You can neither move nor cancel: ask for a\nperson with escalate_to_human.',
          E'To cancel, call list_bookings, make sure\nwhich one is meant, and call cancel_slot with it; the user is then asked for consent, so do not ask once more. To move one,\n'
            || E'book the new one first, then cancel the old one.')) else agent end order by n)
    from jsonb_array_elements(p_definition -> 'agents') with ordinality u (agent, n)))
$$;

insert into public.scenario_versions (scenario_id, version, definition, note, created_at)
select v.scenario_id, 2, pg_temp.with_cancelling(v.definition), 'Appointments can be cancelled.', worker.now()
from public.scenarios s join public.scenario_versions v on v.scenario_id = s.id and v.version = s.version
where s.id = 'clinic' and s.version = 1;
update public.scenarios s set version = 2, updated_at = worker.now()
where s.id = 'clinic' and s.version = 1
  and exists (select from public.scenario_versions v where v.scenario_id = 'clinic' and v.version = 2);
do $$
begin
  perform private.check_scenario(v.definition) from public.scenario_versions v where v.scenario_id = 'clinic' and v.version = 2;
end
$$;

revoke execute on all functions in schema worker, private, agent_tools from public;
grant execute on function agent_tools.list_bookings, agent_tools.cancel_slot to authenticated, service_role;
