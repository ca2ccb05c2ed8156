-- Context names: in one snapshot a name stands for one thing.
--
-- A record on the page is named by its type and its place there (`draft-1`); the latest drafts had the same names by their
-- place among themselves, so that `draft-1` could be two drafts. They are `latest-draft-1` and so on, which no type of a
-- record can come to. One draft that is both on the page and among the latest has a name in each place.

-- Replaces the one of "drafts", where names could clash.
create or replace function public.context_snapshot(page jsonb) returns jsonb
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
