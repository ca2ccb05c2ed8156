-- Drafts, and the context of a page: what the kinds of scenarios read and write for a user.
--
-- A draft is its user's own and nobody else's, not even for admins. It may be of an enterprise: agents find only those of
-- their task's enterprise, because what a task journals its admins may read. For the same reason todos, which are of no
-- enterprise, come up only where there is none. A final draft is the user's to change, not an agent's.
-- Cap for each user: 500 drafts.
--
-- Drafts are heard over Realtime. As for todos, the replica identity of the table must never be made FULL.
--
-- context_snapshot(page) tells what is where the user is, with the user's own rights, in short: {records: [{ref, type, id,
-- title, details}], access: {enterprise, role, isPlatformAdmin}, drafts: [{ref, id, title, kind, status, excerpt, updatedAt}]}.
-- `page` is {path, title, enterpriseId, project, records: [{type: order | task | draft | todo, id}]}, all of it optional. What
-- the caller may not see is left out without a word. A `ref` is for readers whom ids do not concern.
--
-- Tools: store_draft_content {title, kind, content, draft} → {draft, title, status} · list_drafts {} · read_draft {draft} ·
--   fetch_project_context {project} → the snapshot of the session's page, and {tasks}.
-- Errors: 22023 malformed, or no such draft · 23514 the constraint says how · PT429 too many drafts.

create table public.drafts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  enterprise_id uuid references public.enterprises on delete cascade,
  session_id uuid,
  title text not null constraint title_has_1_to_200_characters check (length(title) <= 200 and title ~ '\S'),
  kind text not null default 'note' constraint draft_kind_is_known check (kind in ('outline', 'section', 'message', 'note')),
  content text not null default '' constraint content_has_at_most_20000_characters check (length(content) <= 20000),
  status text not null default 'draft' constraint draft_status_is_known check (status in ('draft', 'final')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index drafts_of_user on public.drafts (user_id, updated_at desc);
create index drafts_of_enterprise on public.drafts (enterprise_id) where enterprise_id is not null;
comment on column public.drafts.content is 'Markdown.';
comment on column public.drafts.session_id is 'The conversation in which it was made; that one may be gone.';

-- Keeps the times, and counts. Two at once may together go beyond the cap by one.
-- Security definer: users have no right to the worker's clock.
create function private.keep_draft() returns trigger
language plpgsql volatile security definer set search_path = ''
as $$
declare
  c_most constant integer := 500;
begin
  if tg_op = 'INSERT' and (select count(*) from public.drafts where user_id = new.user_id) >= c_most then
    raise exception 'You have % drafts, which is the limit.', c_most using errcode = 'PT429', hint = 'Delete some.';
  end if;
  new.created_at := case tg_op when 'INSERT' then worker.now() else old.created_at end;
  new.updated_at := worker.now();
  return new;
end
$$;

create trigger keep_draft before insert or update on public.drafts for each row execute function private.keep_draft();

alter table public.drafts enable row level security;
revoke all on public.drafts from anon, authenticated;
grant select, delete on public.drafts to authenticated;
grant insert (id, enterprise_id, session_id, title, kind, content, status) on public.drafts to authenticated;
grant update (title, kind, content, status) on public.drafts to authenticated;
grant all on public.drafts to service_role;

create policy "see one's own drafts" on public.drafts for select to authenticated using (user_id = (select auth.uid()));
create policy "add drafts of one's own, for an own enterprise or none" on public.drafts for insert to authenticated
  with check (
    user_id = (select auth.uid())
    and (enterprise_id is null or enterprise_id in (select private.my_enterprises()))
    and (session_id is null or exists (
      select from public.agent_sessions s where s.id = session_id and s.user_id = (select auth.uid())))
  );
create policy "change one's own drafts" on public.drafts for update to authenticated using (user_id = (select auth.uid()));
create policy "delete one's own drafts" on public.drafts for delete to authenticated using (user_id = (select auth.uid()));

alter publication supabase_realtime add table public.drafts;

-- The user's drafts of an enterprise, or of none, the latest first. An empty text is in every text.
create function private.drafts_of(p_enterprise uuid, p_project text) returns setof public.drafts
language sql stable set search_path = ''
as $$
  select * from public.drafts
  where user_id = (select auth.uid()) and enterprise_id is not distinct from p_enterprise
    and strpos(lower(title || ' ' || content), lower(p_project)) > 0
  order by updated_at desc, id
$$;

-- Context ----------------------------------------------------------------------------------------------------------

-- One record that the caller may see in the enterprise, or of none: {id, title, details}. Null: there is no such one.
create function private.record_of(p_type text, p_id text, p_enterprise uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_id constant uuid := private.uuid_in(p_id);
begin
  return case p_type
    when 'order' then (
      select jsonb_build_object('id', o.id, 'title', format('Order %s', o.number), 'details', jsonb_build_object(
        'customer', o.customer, 'item', o.item, 'amount', o.amount, 'currency', o.currency, 'status', o.status,
        'orderedAt', o.ordered_at))
      from public.shop_orders o where o.enterprise_id = p_enterprise and (o.number = p_id or o.id = v_id) limit 1)
    when 'task' then (
      select jsonb_build_object('id', r.id, 'details', jsonb_build_object('kind', r.kind, 'status', r.status,
          'answer', left(r.response_payload ->> 'answer', 500), 'createdAt', r.created_at),
        'title', left(coalesce(r.request_payload ->> 'prompt', r.request_payload ->> 'message', r.kind), 200))
      from public.agent_task_requests r
      where r.id = v_id and r.user_id = (select auth.uid()) and r.enterprise_id is not distinct from p_enterprise)
    when 'draft' then (
      select jsonb_build_object('id', d.id, 'title', d.title, 'details', jsonb_build_object('kind', d.kind, 'status', d.status,
        'excerpt', left(d.content, 500), 'updatedAt', d.updated_at))
      from public.drafts d
      where d.id = v_id and d.user_id = (select auth.uid()) and d.enterprise_id is not distinct from p_enterprise)
    when 'todo' then (
      select jsonb_build_object('id', t.id, 'title', t.title, 'details', jsonb_build_object('isCompleted', t.is_completed,
        'description', left(t.description, 500), 'dueOn', t.due_on, 'priority', t.priority))
      from public.todos t where t.id = v_id and p_enterprise is null)
    end;
end
$$;

-- A name stands for one thing: a record's is its type and its place on the page, and that of a draft among the latest is one
-- that no type can come to. A draft that is both has a name in each place.
create function public.context_snapshot(page jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_page constant jsonb := case jsonb_typeof(page) when 'string' then (page #>> '{}')::jsonb else page end;
  v_enterprise uuid;
begin
  perform private.check_page(v_page);
  v_enterprise := private.uuid_in(v_page ->> 'enterpriseId');
  return jsonb_build_object(
    'records', (
      select coalesce(jsonb_agg(jsonb_build_object('ref', format('%s-%s', asked ->> 'type', n), 'type', asked ->> 'type')
        || shown order by n), '[]')
      from jsonb_path_query(v_page, '$.records[*]') with ordinality u (asked, n),
        private.record_of(asked ->> 'type', asked ->> 'id', v_enterprise) shown
      where shown is not null),
    'access', jsonb_build_object(
      'enterprise', (select e.name from public.enterprises e where e.id = v_enterprise),
      'role', (
        select m.role from public.enterprise_members m
        where m.enterprise_id = v_enterprise and m.user_id = (select auth.uid())),
      'isPlatformAdmin', (select private.is_platform_admin())),
    'drafts', (
      select coalesce(jsonb_agg(jsonb_build_object('ref', format('latest-draft-%s', n), 'id', id, 'title', title, 'kind', kind,
        'status', status, 'excerpt', left(content, 200), 'updatedAt', updated_at) order by n), '[]')
      from (
        select d.*, row_number() over (order by d.updated_at desc, d.id) as n
        from private.drafts_of(v_enterprise, left(coalesce(v_page ->> 'project', ''), 200)) d limit 5) latest));
end
$$;
revoke execute on function public.context_snapshot from public, anon;
grant execute on function public.context_snapshot to authenticated, service_role;

-- Tools ------------------------------------------------------------------------------------------------------------

create function agent_tools.fetch_project_context(p_task uuid, p_input jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_task public.agent_task_requests;
  v_project text;
  v_page jsonb;
begin
  select * into v_task from public.agent_task_requests where id = p_task and user_id = (select auth.uid());
  v_page := coalesce((private.scenario_session_of(p_task)).page, v_task.request_payload -> 'page', '{}');
  v_project := left(coalesce(p_input ->> 'project', v_page ->> 'project', ''), 200);
  -- Of the task's enterprise, whatever the page says.
  v_page := jsonb_strip_nulls(v_page || jsonb_build_object('enterpriseId', v_task.enterprise_id, 'project', v_project));
  return public.context_snapshot(v_page) || jsonb_build_object(
    'page', jsonb_build_object('path', v_page -> 'path', 'title', v_page -> 'title'),
    'tasks', (
      select coalesce(jsonb_agg(request), '[]')
      from (
        select r.kind, r.status, left(coalesce(r.request_payload ->> 'prompt', r.request_payload ->> 'message'), 200) as asked,
          left(r.response_payload ->> 'answer', 300) as answer, r.created_at as "createdAt"
        from public.agent_task_requests r
        where r.user_id = (select auth.uid()) and r.enterprise_id is not distinct from v_task.enterprise_id and r.id <> p_task
          and r.parent_id is null
          and strpos(lower(coalesce(r.request_payload ->> 'prompt', r.request_payload ->> 'message', '')), lower(v_project)) > 0
        order by r.created_at desc limit 10) request),
    'todos', (
      select coalesce(jsonb_agg(todo), '[]')
      from (
        select t.title, t.due_on as "dueOn", t.priority from public.todos t
        where v_task.enterprise_id is null and not t.is_completed and strpos(lower(t.title), lower(v_project)) > 0
        order by t.due_on nulls last, t.created_at limit 10) todo));
end
$$;

create function agent_tools.list_drafts(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select coalesce(jsonb_agg(draft), '[]')
  from (
    select d.id, d.title, d.kind, d.status, left(d.content, 300) as excerpt, length(d.content) as characters,
      d.updated_at as "updatedAt"
    from private.drafts_of(private.enterprise_of_task(p_task), '') d limit 20) draft
$$;

create function agent_tools.read_draft(p_task uuid, p_input jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_draft jsonb;
begin
  select jsonb_build_object('id', d.id, 'title', d.title, 'kind', d.kind, 'status', d.status, 'content', d.content) into v_draft
  from private.drafts_of(private.enterprise_of_task(p_task), '') d where d.id = private.uuid_in(p_input ->> 'draft');
  if not found then
    raise exception 'There is no such draft.' using errcode = '22023', hint = 'Ask list_drafts for those there are.';
  end if;
  return v_draft;
end
$$;

create function agent_tools.store_draft_content(p_task uuid, p_input jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_title constant text := btrim(p_input ->> 'title');
  v_kind constant text := coalesce(p_input ->> 'kind', 'note');
  v_content constant text := p_input ->> 'content';
  v_enterprise constant uuid := private.enterprise_of_task(p_task);
  v_draft public.drafts;
begin
  if coalesce(v_content, '') !~ '\S' then
    raise exception 'The content is empty.' using errcode = '22023';
  elsif p_input ->> 'draft' is null then
    insert into public.drafts (enterprise_id, session_id, title, kind, content)
    values (v_enterprise, (private.scenario_session_of(p_task)).session_id, v_title, v_kind, v_content)
    returning * into v_draft;
  else
    update public.drafts d set title = v_title, kind = v_kind, content = v_content
    where d.id = private.uuid_in(p_input ->> 'draft') and d.user_id = (select auth.uid()) and d.status = 'draft'
      and d.enterprise_id is not distinct from v_enterprise
    returning * into v_draft;
    if not found then
      raise exception 'There is no such draft that you may change: it is final, or not of this user.'
        using errcode = '22023', hint = 'Store a new one.';
    end if;
  end if;
  return jsonb_build_object('draft', v_draft.id, 'title', v_draft.title, 'status', v_draft.status);
end
$$;

revoke execute on all functions in schema worker, private, agent_tools from public;
grant execute on function private.drafts_of, private.record_of, agent_tools.fetch_project_context,
  agent_tools.list_drafts, agent_tools.read_draft, agent_tools.store_draft_content to authenticated, service_role;
