-- What the tools of the chaos test leave behind: a row for each time that one did its work.

create schema chaos;
create table chaos.effects (
  id bigint generated always as identity primary key,
  task_id uuid not null,
  name text not null,
  call_id text not null
);

create table chaos.notes (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid(),
  task_id uuid not null
);
alter table chaos.notes enable row level security;
create policy "leave own notes" on chaos.notes for insert to authenticated with check (user_id = (select auth.uid()));
grant usage on schema chaos to authenticated;
grant insert on chaos.notes to authenticated;

create function agent_tools.leave_note(p_task uuid, p_input jsonb) returns jsonb
language sql set search_path = ''
as $$
  insert into chaos.notes (task_id) values (p_task);
  select to_jsonb('noted as ' || current_user);
$$;
grant execute on function agent_tools.leave_note to authenticated;
