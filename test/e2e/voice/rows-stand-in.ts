import type { Stack } from '../../support/stack.ts'

/** The tables that a call writes to and listens on, where the migrations have none yet. */
export async function addVoiceRows({ sql }: Stack): Promise<void> {
  const [{ found } = { found: null }] = await sql`select to_regclass('public.scenario_decisions') as found`
  if (found) return
  await sql.unsafe(`
    create table public.scenario_decisions (
      id uuid primary key default gen_random_uuid(), session_id uuid not null, from_agent text, to_agent text not null,
      reason text, created_at timestamptz not null default clock_timestamp()
    );
    alter table public.scenario_decisions enable row level security;
    create policy "everybody, in a test" on public.scenario_decisions for select to authenticated using (true);
    grant select on public.scenario_decisions to authenticated;
    alter publication supabase_realtime add table public.scenario_decisions;
    create table public.voice_items (session_id uuid, item_id text, item jsonb, primary key (session_id, item_id));
    create function public.append_voice_items(session_id uuid, items jsonb) returns int
    language sql security definer set search_path = '' as $$
      with list as (select case jsonb_typeof($2) when 'string' then ($2 #>> '{}')::jsonb else $2 end as items),
      kept as (
        insert into public.voice_items
        select $1, item ->> 'item_id', item from list, jsonb_array_elements(list.items) as item
        on conflict do nothing returning 1
      )
      select count(*)::int from kept;
    $$;
    grant execute on function public.append_voice_items to authenticated;
    notify pgrst, 'reload schema';`)
}
