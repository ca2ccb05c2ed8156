-- Todos: the data of the kind `todo-chat`, and what was said and done in each turn of a conversation.
--
-- A todo is its user's own, and nobody else sees it, not even admins. It is open or completed, and may go back and forth;
-- when, the database says. Everyone who writes todos (a page, an MCP client, an agent for the user) is the user and meets
-- row-level security here: nothing else keeps one user's todos from another.
--
-- `call_key` names the call that made a todo: whoever repeats a call that was cut off gives the same key again and is
-- refused (23505) instead of making a second todo.
--
-- Todos are heard over Realtime. Row-level security does not hold for events of deletion: anybody may hear of them. With the
-- default replica identity such an event has the id alone, so the identity of this table must never be made FULL.
--
-- Caps for each user: 1,000 open todos, 10,000 in all.
-- Errors: PT429 too many todos · 23514 malformed, the constraint says how · 23505 that call has made its todo already.

create table public.todos (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  title text not null constraint title_has_1_to_200_characters check (length(title) <= 200 and title ~ '\S'),
  description text constraint description_has_at_most_2000_characters check (length(description) <= 2000),
  is_completed boolean not null default false,
  completed_at timestamptz,
  due_on date,
  priority text not null default 'normal' constraint todo_priority_is_known check (priority in ('low', 'normal', 'high')),
  call_key text constraint call_key_is_short check (length(call_key) <= 200),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint completed_at_tells_completion check (is_completed = (completed_at is not null)),
  constraint call_makes_one_todo unique (user_id, call_key)
);
comment on column public.todos.call_key is 'Of the call that made it; null: of none that is ever repeated.';
create index todos_of_user on public.todos (user_id, is_completed, created_at desc);

-- Keeps the times, and counts. Two at once may together go beyond a cap by one.
-- Security definer: users have no right to the worker's clock.
create function private.keep_todo() returns trigger
language plpgsql volatile security definer set search_path = ''
as $$
declare
  c_most_open constant integer := 1000;
  c_most constant integer := 10000;
  v_now constant timestamptz := worker.now();
begin
  if tg_op = 'INSERT' and (
    select count(*) from (select from public.todos where user_id = new.user_id limit c_most) t) >= c_most
  then
    raise exception 'You have % todos, which is the limit.', c_most using errcode = 'PT429', hint = 'Delete some that are done.';
  elsif not new.is_completed and (tg_op = 'INSERT' or old.is_completed) and (
    select count(*) from (
      select from public.todos where user_id = new.user_id and not is_completed limit c_most_open) t) >= c_most_open
  then
    raise exception 'You have % open todos, which is the limit.', c_most_open
      using errcode = 'PT429', hint = 'Complete or delete some.';
  end if;
  new.created_at := case tg_op when 'INSERT' then v_now else old.created_at end;
  new.updated_at := v_now;
  new.completed_at := case
    when not new.is_completed then null
    when tg_op = 'UPDATE' then coalesce(old.completed_at, v_now)
    else v_now end;
  return new;
end
$$;

create trigger keep_todo before insert or update on public.todos for each row execute function private.keep_todo();

alter table public.todos enable row level security;
revoke all on public.todos from anon, authenticated;
grant select, delete on public.todos to authenticated;
grant insert (id, title, description, is_completed, due_on, priority, call_key) on public.todos to authenticated;
grant update (title, description, is_completed, due_on, priority) on public.todos to authenticated;
grant all on public.todos to service_role;

create policy "see one's own todos" on public.todos for select to authenticated using (user_id = (select auth.uid()));
create policy "add todos of one's own" on public.todos for insert to authenticated with check (user_id = (select auth.uid()));
create policy "change one's own todos" on public.todos for update to authenticated using (user_id = (select auth.uid()));
create policy "delete one's own todos" on public.todos for delete to authenticated using (user_id = (select auth.uid()));

alter publication supabase_realtime add table public.todos;

-- Turns ----------------------------------------------------------------------------------------------------------

-- A tool's result as JSON. Tools of MCP servers give it as text, which is where it comes from.
-- Two statements, because the planner would try to read a text that it knows even where a case rules that out.
create function private.result_of(p_output jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
  if jsonb_typeof(p_output) = 'string' and (p_output #>> '{}') is json object then
    return (p_output #>> '{}')::jsonb;
  end if;
  return p_output;
end
$$;

-- A message of a conversation, what was answered, what was called for it in which order, and what it took: enough to play
-- the conversation again. Of the present life of its task.
create view public.agent_session_turns with (security_invoker = true) as
  select r.session_id, r.id as task_id, r.life, r.enterprise_id, r.user_id, r.kind, r.status,
    coalesce(r.request_payload ->> 'prompt', r.request_payload ->> 'message') as message,
    r.response_payload ->> 'answer' as answer, r.error,
    calls.tool_calls, coalesce(u.input_tokens, 0) as input_tokens, coalesce(u.output_tokens, 0) as output_tokens,
    coalesce(u.cost, 0) as cost, coalesce(u.unpriced_requests, 0) as unpriced_requests, r.created_at, r.finished_at,
    r.correlation_id
  from public.agent_task_requests r
  cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('tool_name', c.tool_name, 'input', c.input,
      'result', private.result_of(c.result)) order by c.id), '[]') as tool_calls
    from public.agent_tool_calls c where c.task_id = r.id and c.life = r.life and c.status = 'done') calls
  left join lateral (
    select * from public.agent_task_usage u where u.task_id = r.id and u.life = r.life) u on true
  where r.session_id is not null;
revoke all on public.agent_session_turns from anon, authenticated;
grant select on public.agent_session_turns to authenticated, service_role;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.result_of to authenticated, service_role;
