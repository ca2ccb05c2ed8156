import type postgres from 'postgres'

/**
 * What a project might have: notes that everybody writes and sees for themselves only, and tools of SQL for them. Each
 * tool first adds a note, and then does what it is called for.
 */
export async function makeTools(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create table public.notes (
      id bigint generated always as identity primary key,
      user_id uuid default auth.uid(),
      text text not null check (text <> 'refused'),
      seal integer unique deferrable initially deferred
    );
    alter table public.notes enable row level security;
    revoke all on public.notes from anon, authenticated, service_role;
    grant select, insert on public.notes to authenticated;
    create policy "own notes" on public.notes to authenticated
      using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
    create policy "servers see all" on public.notes for select to public
      using (auth.role() = 'service_role');`)
  await makeTool(sql, 'add_note', `return jsonb_build_object('notes', (select count(*) from public.notes))`)
  await makeTool(sql, 'list_notes', `return (select jsonb_agg(text order by id) from public.notes)`)
  await makeTool(
    sql,
    'who_am_i',
    `return jsonb_build_object('user', current_user, 'setting', current_setting('role'), 'uid', auth.uid(),
      'role', auth.role(), 'email', auth.email(), 'jwt', auth.jwt())`,
  )
}

/** Makes or replaces agent_tools.<name>. */
export async function makeTool(sql: postgres.Sql, name: string, body: string): Promise<void> {
  await sql.unsafe(`
    create or replace function agent_tools.${name}(p_task uuid, p_input jsonb) returns jsonb
    language plpgsql set search_path = ''
    as $$
    begin
      if p_input ? 'text' then
        insert into public.notes (text) values (p_input ->> 'text');
      end if;
      ${body};
    end
    $$`)
}
