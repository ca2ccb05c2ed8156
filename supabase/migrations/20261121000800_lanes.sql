-- Lanes: whose turn it is.
--
-- Every unfinished request has a ticket in worker.queue; an ended one has none. The ticket is narrow and holds what
-- changes often, so that claims and beats stay cheap however large the requests are and however many have ended:
--   pending       the ticket stands in a lane
--   processing    it has a lease: lease_id, worker_id, expires_at
--   scheduled     it has a due_at instead of a lane
--   waiting       it has neither
-- Whoever changes a ticket holds the lock of its request (a beat, which only prolongs, does not).
--
-- A lane is the line of one tenant, kind and rank; the first to come is the first to go. The rank is the priority, and
-- tasks that had begun before go ahead of new ones. A tenant is an enterprise, or a user without one. A claim
--   1. leaves out lanes whose kind is paused, or that no slot of their tenant or kind is free for
--   2. gives each slot to the tenant that has the least at work for its weight
--   3. within a tenant takes the higher rank first, then the older.
-- Claims take turns (one lock), so that caps are exact however many workers claim at once.
--
-- Where claims begin. Before the first ticket of a lane lie the dead entries of all that have gone, until vacuum clears
-- them; each claim would read over them. So a lane remembers where it begins (`next`). Tickets are in the order
-- of the transactions that put them there: when all transactions up to one have ended, none can come to lie before it
-- any more, and the lane may begin there. The same way it remembers between which places its running tasks lie.
--
-- A claim does not wait for the disk: if PostgreSQL crashes, the task is pending again and the lease is unknown, which
-- is what the fence is for. Whatever the attempt writes does wait, and brings the claim to the disk with it.
--
-- Who raises the version of a request in an update has kept the books: that is how the verbs here pass by the trigger
-- that serves updates by hand.
--
-- explain_wait(task_id) tells a user why a task waits.

-- Tables ---------------------------------------------------------------------------------------------------------

create sequence worker.turns;

-- No foreign keys: their checks would lock and rewrite the request for each ticket. A trigger removes tickets instead.
create table worker.queue (
  task_id uuid primary key,
  user_id uuid,
  lane_id integer,
  entered bigint,
  turn bigint,
  due_at timestamptz,
  deadline_at timestamptz,
  lease_id uuid,
  worker_id uuid,
  expires_at timestamptz
) with (fillfactor = 35, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000);
comment on column worker.queue.entered is 'The transaction that put it into the lane; `turn` is the order within.';

-- None of these columns changes with a claim or a beat, so that both are HOT: they write no index.
create index queue_in_line on worker.queue (lane_id, entered, turn) where lane_id is not null;
create index queue_of_user on worker.queue (user_id) where user_id is not null;
create index queue_due on worker.queue (due_at) where due_at is not null;
create index queue_deadlines on worker.queue (deadline_at) where deadline_at is not null;
create index queue_aside on worker.queue (task_id) where lane_id is null;

create table worker.lanes (
  id integer generated always as identity primary key,
  tenant_id uuid not null,
  kind text not null,
  rank smallint not null,
  next_entered bigint not null default '0',
  next_turn bigint not null default 0,
  first_entered bigint not null default '0',
  first_turn bigint not null default 0,
  last_entered bigint not null default '0',
  last_turn bigint not null default 0,
  used_at timestamptz not null
) with (fillfactor = 50);
-- Not unique: of two transactions that need a new lane at once none shall wait for the other. Lanes of the same key are
-- as good as one, and those that stand empty go.
create index lanes_by_key on worker.lanes (tenant_id, kind, rank, id);
comment on column worker.lanes.next_turn is 'No ticket before this place waits; between first and last lie those at work.';

-- What admins say; a kind or tenant without a row is neither paused nor capped.
create table worker.kinds (
  kind text primary key,
  max_running integer constraint max_running_is_not_negative check (max_running >= 0),
  paused_at timestamptz
);
create table worker.tenants (
  tenant_id uuid primary key,
  weight real not null default 1 constraint weight_is_above_0 check (weight >= 0.01::real and weight <= 1000),
  max_running integer constraint max_running_is_not_negative check (max_running >= 0)
);

-- How attempts ended, a row for each settling, until upkeep sums them up by minute.
create table worker.tallies (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null,
  status text not null,
  tasks integer not null,
  wait_seconds double precision not null,
  run_seconds double precision not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

alter table worker.queue enable row level security;
alter table worker.lanes enable row level security;
alter table worker.kinds enable row level security;
alter table worker.tenants enable row level security;
alter table worker.tallies enable row level security;
grant select, insert, update, delete on worker.queue, worker.lanes, worker.kinds, worker.tenants, worker.tallies to service_role;
grant usage on sequence worker.turns to service_role;

-- Two updates follow each insert: with room on its page neither writes an index. No index is on a column that they
-- change, or asks for one: those that did give way to the tickets.
alter table public.agent_task_requests set (fillfactor = 45);
drop index public.requests_to_claim, public.requests_to_promote, public.requests_open_of_user;

-- Which kinds a worker takes (null is all), and how many tasks at once.
alter table worker.workers add column kinds text[], add column slots integer;

-- Places ---------------------------------------------------------------------------------------------------------

create function private.this_transaction() returns bigint
language sql volatile set search_path = ''
as $$
  select pg_current_xact_id()::text::bigint
$$;

-- All transactions before this one have ended.
create function private.oldest_transaction() returns bigint
language sql volatile set search_path = ''
as $$
  select pg_snapshot_xmin(pg_current_snapshot())::text::bigint
$$;

create function private.count_at_work(p_lane integer) returns integer
language sql stable set search_path = '' set enable_seqscan = off
as $$
  select count(*)::integer from worker.lanes l join worker.queue q on q.lane_id = l.id and q.lease_id is not null
    and (q.entered, q.turn) >= (l.first_entered, l.first_turn)
    and (q.entered, q.turn) <= (l.last_entered, l.last_turn)
  where l.id = p_lane
$$;

-- Lining up ------------------------------------------------------------------------------------------------------

create function private.tenant_of(p_enterprise uuid, p_user uuid) returns uuid
language sql immutable set search_path = ''
as $$
  select coalesce(p_enterprise, p_user, '00000000-0000-0000-0000-000000000000')
$$;

create function private.rank_of(p_priority smallint, p_started_at timestamptz) returns smallint
language sql immutable set search_path = ''
as $$
  select (2 * p_priority + (p_started_at is not null)::integer)::smallint
$$;

create type private.lane_key as (tenant_id uuid, kind text, rank smallint);

-- Makes sure that these lanes are there, and stay until the transaction ends: upkeep removes lanes that stand empty,
-- but only when it gets the lock of their tenant, which is shared by all who line up.
create function private.open_lanes(p_lanes private.lane_key[]) returns void
language plpgsql set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock_shared(8421, bucket)
  from (select distinct private.lane_bucket(tenant_id) as bucket from unnest(p_lanes) order by 1) b;
  insert into worker.lanes (tenant_id, kind, rank, used_at)
  select k.tenant_id, k.kind, k.rank, worker.now() from unnest(p_lanes) k
  where not exists (
    select from worker.lanes l where l.tenant_id = k.tenant_id and l.kind = k.kind and l.rank = k.rank);
end
$$;

create function private.lane_of(p_tenant uuid, p_kind text, p_rank smallint) returns integer
language sql stable set search_path = ''
as $$
  select id from worker.lanes where tenant_id = p_tenant and kind = p_kind and rank = p_rank order by id limit 1
$$;

-- Few enough for a transaction that lines up the tasks of thousands of tenants.
create function private.lane_bucket(p_tenant uuid) returns integer
language sql immutable set search_path = ''
as $$
  select hashtext(p_tenant::text) & 255
$$;

-- Writes the tickets of requests that have changed, as their new status says.
create function private.line_up(p_tasks public.agent_task_requests[]) returns void
language plpgsql set search_path = ''
as $$
begin
  perform private.open_lanes(array(
    select distinct (private.tenant_of(enterprise_id, user_id), kind, private.rank_of(priority, started_at))::private.lane_key
    from unnest(p_tasks) where status = 'pending'));
  -- A lease that is taken away: this waits for those who are writing under it, and ends it for all others.
  delete from worker.queue where task_id = any (array(select id from unnest(p_tasks))) and lease_id is not null;
  insert into worker.queue (task_id, user_id, lane_id, entered, turn, due_at, deadline_at)
  select t.id, t.user_id,
    case t.status when 'pending' then private.lane_of(
      private.tenant_of(t.enterprise_id, t.user_id), t.kind, private.rank_of(t.priority, t.started_at)) end,
    private.this_transaction(), nextval('worker.turns'), case t.status when 'scheduled' then t.run_at end, t.deadline_at
  from unnest(p_tasks) t
  where t.finished_at is null
  on conflict (task_id) do update
    set user_id = excluded.user_id, lane_id = excluded.lane_id, entered = excluded.entered, turn = excluded.turn,
      due_at = excluded.due_at, deadline_at = excluded.deadline_at;
  delete from worker.queue where task_id = any (array(select id from unnest(p_tasks) where finished_at is not null));
end
$$;

-- Not line_up, which would carry each new row through an array.
-- Security definer: who inserts a request has no right to the queue.
create function private.line_up_new() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_superseding uuid[];
begin
  perform private.open_lanes(array(
    select distinct (private.tenant_of(enterprise_id, user_id), kind, private.rank_of(priority, null))::private.lane_key
    from submitted where status = 'pending'));
  insert into worker.queue (task_id, user_id, lane_id, entered, turn, due_at, deadline_at)
  select t.id, t.user_id, l.id, private.this_transaction(), nextval('worker.turns'),
    case t.status when 'scheduled' then t.run_at end, t.deadline_at
  from submitted t
  -- Each lane is looked up once, and no other lane is read.
  left join (
    select k.tenant_id, k.kind, k.rank, private.lane_of(k.tenant_id, k.kind, k.rank) as id
    from (
      select distinct private.tenant_of(enterprise_id, user_id) as tenant_id, kind, private.rank_of(priority, null) as rank
      from submitted where status = 'pending'
    ) k
  ) l on t.status = 'pending' and l.tenant_id = private.tenant_of(t.enterprise_id, t.user_id)
    and l.kind = t.kind and l.rank = private.rank_of(t.priority, null);

  v_superseding := array(select id from submitted where supersede_key is not null);
  if cardinality(v_superseding) > 0 then
    perform private.supersede(v_superseding);
  end if;
  -- Children are counted where they are made.
  perform private.check_room_in_queue(user_id)
  from (select distinct user_id from submitted where user_id is not null and parent_id is null) u;
  return null;
end
$$;

create trigger line_up_new after insert on public.agent_task_requests
  referencing new table as submitted for each statement execute function private.line_up_new();

-- Security definer: as above.
create function private.drop_tickets() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from worker.queue where task_id = any (array(select id from removed));
  insert into worker.parents_to_check (parent_id)
  select distinct parent_id from removed where parent_id is not null and finished_at is null;
  return null;
end
$$;

create trigger drop_tickets after delete on public.agent_task_requests
  referencing old table as removed for each statement execute function private.drop_tickets();

-- Security definer: as above.
create function private.drop_all_tickets() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  truncate worker.queue, worker.parents_to_check;
  return null;
end
$$;

create trigger drop_all_tickets after truncate on public.agent_task_requests
  for each statement execute function private.drop_all_tickets();

-- The limit of open tasks counts tickets, those just written included. Replaces the one of "requests".
create or replace function private.check_room_in_queue(p_user uuid) returns void
language plpgsql stable security definer set search_path = ''
as $$
declare
  c_most constant integer := 100;
  v_open integer;
begin
  select count(*) into v_open from (select from worker.queue where user_id = p_user limit c_most + 1) t;
  if v_open > c_most then
    raise exception 'You have % unfinished tasks, which is the limit.', c_most
      using errcode = 'PT429', hint = 'Wait for some of them to end, or cancel some.';
  end if;
end
$$;

-- Starts a failed or cancelled task again, as a new life of the same row. Returns the row as it is now. Replaces the one
-- of "queue": the limit counts what is there afterwards.
-- Security definer: users may not update requests; this is a change they may ask for.
create or replace function public.retry_agent_task(task_id uuid) returns public.agent_task_requests
language plpgsql security definer set search_path = ''
as $$
declare
  v_task public.agent_task_requests := private.lock_own_request(task_id);
begin
  if v_task.status not in ('failed', 'cancelled') then
    raise exception 'Only a failed or cancelled task can be retried; this one is %.', v_task.status
      using errcode = '22023', hint = 'Submit a new task instead.';
  end if;
  -- Whoever has left an enterprise may stop an old task there, but not have it run at its cost again.
  if v_task.user_id = (select auth.uid()) and v_task.enterprise_id is not null
    and v_task.enterprise_id not in (select private.my_enterprises()) and not (select private.is_platform_admin())
  then
    raise exception 'You no longer belong to the enterprise of this task.'
      using errcode = '42501', hint = 'Submit a new task of your own.';
  end if;
  update public.agent_task_requests set status = 'pending' where id = v_task.id returning * into v_task;
  if v_task.user_id is not null then
    perform private.check_room_in_queue(v_task.user_id);
  end if;
  return v_task;
end
$$;

-- Bookkeeping of updates by hand. Replaces the one of "queue"; the verbs raise the version themselves.
-- Security definer: an update by hand must reach the ticket, which its author cannot.
create or replace function private.keep_request() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  new.version := old.version + 1;
  new.updated_at := worker.now();

  if new.kind <> old.kind then
    perform private.check_kind(new.kind);
  end if;
  if new.request_payload is distinct from old.request_payload then
    perform private.check_request_payload(new.request_payload);
  end if;
  if new.status <> old.status and new.status = 'processing' then
    raise exception 'Only a worker can take a task.'
      using errcode = '22023', hint = 'Set status to pending to have it run again.';
  elsif new.status <> old.status and new.status = 'waiting' then
    raise exception 'Only a running task can wait for others.' using errcode = '22023', hint = 'Set status to scheduled.';
  end if;

  -- Begun again by a person: after its end, or out of the hands of its worker.
  if new.status in ('pending', 'scheduled') and (old.status = 'processing' or old.finished_at is not null) then
    new.life := old.life + 1;
    new.attempt := 0;
    new.crash_count := 0;
    new.snooze_count := 0;
    new.response_payload := null;
    new.error := null;
    new.cancel_requested_at := null;
    new.started_at := null;
    new.deadline_at := case when new.deadline_at > new.updated_at then new.deadline_at end;
  end if;
  if new.status = 'pending' then
    new.run_at := case when new.life > old.life or old.status = 'waiting' then new.updated_at else least(new.run_at, new.updated_at) end;
  end if;
  new.finished_at := case
    when new.status in ('completed', 'failed', 'cancelled') then coalesce(new.finished_at, new.updated_at)
  end;

  if new.finished_at is not null and old.finished_at is null then
    insert into worker.tallies (at, kind, status, tasks, wait_seconds, run_seconds)
    values (new.updated_at, new.kind, new.status, 1,
      extract(epoch from coalesce(new.started_at, new.updated_at) - new.created_at),
      coalesce(extract(epoch from new.updated_at - new.started_at), 0));
  end if;
  if new.status = 'processing' then
    update worker.queue set deadline_at = new.deadline_at where task_id = new.id and deadline_at is distinct from new.deadline_at;
  elsif row(new.status, new.run_at, new.deadline_at, new.priority, new.kind, new.enterprise_id, new.user_id)
    is distinct from row(old.status, old.run_at, old.deadline_at, old.priority, old.kind, old.enterprise_id, old.user_id)
  then
    perform private.line_up(array[new]);
  end if;
  return new;
end
$$;

drop trigger keep_request on public.agent_task_requests;
create trigger keep_request before update on public.agent_task_requests
  for each row when (new.version <= old.version) execute function private.keep_request();

-- What was open before there were tickets gets them; those at work keep their lease.
do $$
declare
  v_held public.agent_task_requests[] := array(select r from public.agent_task_requests r where status = 'processing');
begin
  perform private.line_up(array(select r from public.agent_task_requests r where status in ('pending', 'scheduled')));
  perform private.open_lanes(array(
    select distinct (private.tenant_of(enterprise_id, user_id), kind, private.rank_of(priority, started_at))::private.lane_key
    from unnest(v_held)));
  insert into worker.queue (task_id, user_id, lane_id, entered, turn, lease_id, worker_id, expires_at)
  select r.id, r.user_id, l.id, private.this_transaction(), nextval('worker.turns'), held.id, held.worker_id, held.expires_at
  from unnest(v_held) r join worker.leases held on held.task_id = r.id
  join worker.lanes l on l.id = private.lane_of(
    private.tenant_of(r.enterprise_id, r.user_id), r.kind, private.rank_of(r.priority, r.started_at));
  update worker.lanes l set last_entered = q.entered, last_turn = q.turn
  from (select lane_id, max(entered) as entered, max(turn) as turn from worker.queue where lease_id is not null group by 1) q
  where l.id = q.lane_id;
end
$$;

drop table worker.leases;
-- For those who ask who holds what, and for the journal, which asks whether a lease still stands.
create view worker.leases with (security_invoker = true) as
  select task_id, lease_id as id, worker_id, expires_at from worker.queue where lease_id is not null;
grant select, update on worker.leases to service_role;

-- Claiming -------------------------------------------------------------------------------------------------------

-- Lets scheduled tasks that are due line up, and parents whose children have all ended.
create or replace function private.promote_due(p_limit integer) returns void
language plpgsql set search_path = '' set enable_seqscan = off
as $$
declare
  v_ids uuid[] := array(
    select task_id from worker.queue where due_at <= (select worker.now()) order by due_at limit p_limit);
  v_notes bigint[] := array(select id from worker.parents_to_check order by id limit p_limit);
  v_promoted public.agent_task_requests[];
begin
  if cardinality(v_ids) + cardinality(v_notes) = 0 then
    return;
  end if;
  v_ids := v_ids || array(select distinct parent_id from worker.parents_to_check where id = any (v_notes));
  v_ids := array(
    select r.id from public.agent_task_requests r
    where r.id = any (v_ids) and r.status in ('scheduled', 'waiting') order by r.id for no key update skip locked);
  with promoted as (
    update public.agent_task_requests r
    set status = 'pending', version = r.version + 1, updated_at = worker.now(),
      run_at = case r.status when 'waiting' then worker.now() else r.run_at end
    where r.id = any (v_ids) and case r.status
      when 'waiting' then not private.has_open_children(r.id) else r.run_at <= (select worker.now()) end
    returning r as task
  )
  select array_agg(task) into v_promoted from promoted;
  perform private.line_up(v_promoted);
  -- A note stays only for a parent that somebody else holds just now.
  delete from worker.parents_to_check n
  where n.id = any (v_notes) and (n.parent_id = any (v_ids) or not exists (
    select from public.agent_task_requests r where r.id = n.parent_id and r.status = 'waiting'));
end
$$;

-- Up to p_slots tickets without those of p_without, in the order in which slots go to them. Unless p_all, only as many of
-- each tenant are looked at as it could get if all had enough to do: that is right when as many are found as asked for.
create function private.next_in_line(p_slots integer, p_kinds text[], p_without uuid[], p_all boolean)
returns table (task_id uuid, ticket tid, lane_id integer, entered bigint, turn bigint)
language plpgsql stable set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_memoize = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := worker.now();
begin
  if not private.has_to_weigh() then
    return query
      select q.task_id, q.ctid, l.id, q.entered, q.turn
      from worker.lanes l
      left join worker.kinds k on k.kind = l.kind
      cross join lateral (
        select f.task_id, f.ctid, f.entered, f.turn from worker.queue f
        where f.lane_id = l.id and (f.entered, f.turn) >= (l.next_entered, l.next_turn)
          and f.lease_id is null and (f.deadline_at is null or f.deadline_at > v_now)
          and f.task_id <> all (p_without)
        order by f.entered, f.turn limit p_slots
      ) q
      where k.paused_at is null and (p_kinds is null or l.kind = any (p_kinds))
      order by l.rank desc, q.entered, q.turn limit p_slots;
    return;
  end if;

  return query
    with lanes as materialized (
      select l.id, l.tenant_id, l.kind, l.rank, l.next_entered, l.next_turn, at_work.tasks, waiting.found as waits
      from worker.lanes l
      left join lateral (
        select count(*) as tasks from worker.queue q
        where q.lane_id = l.id and q.lease_id is not null
          and (q.entered, q.turn) >= (l.first_entered, l.first_turn)
          and (q.entered, q.turn) <= (l.last_entered, l.last_turn)
      ) at_work on true
      left join lateral (
        select true as found from worker.queue q
        where q.lane_id = l.id and (q.entered, q.turn) >= (l.next_entered, l.next_turn) and q.lease_id is null
        order by q.entered, q.turn limit 1
      ) waiting on true
    ), kinds as materialized (
      select l.kind, case when k.paused_at is null then coalesce(k.max_running - l.at_work, p_slots) else 0 end as room
      from (select kind, sum(tasks)::integer as at_work from lanes group by 1) l
      left join worker.kinds k on k.kind = l.kind
      where p_kinds is null or l.kind = any (p_kinds)
    ), tenants as materialized (
      select l.tenant_id, l.at_work, coalesce(t.weight, 1) as weight, coalesce(t.max_running - l.at_work, p_slots) as room
      from (
        select tenant_id, sum(tasks)::integer as at_work, bool_or(waits and room > 0) as has_work
        from lanes left join kinds on kinds.kind = lanes.kind group by 1
      ) l
      left join worker.tenants t on t.tenant_id = l.tenant_id
      where l.has_work
    ), level as materialized (
      -- How full each is, for its weight, once the slots have gone to the least loaded: as when water is poured.
      select min(level) as level from (
        select (p_slots + sum(at_work) over up) / sum(weight) over up as level
        from tenants where room > 0 window up as (order by at_work / weight, tenant_id)) l
    ), candidates as (
      select c.task_id, c.ticket, l.id as lane_id, c.entered, c.turn, l.rank, l.kind, k.room as kind_room,
        t.room as tenant_room, t.at_work, t.weight,
        row_number() over (partition by l.tenant_id order by l.rank desc, c.entered, c.turn) as nth
      from lanes l
      join tenants t on t.tenant_id = l.tenant_id and t.room > 0
      join kinds k on k.kind = l.kind and k.room > 0
      cross join level
      cross join lateral (
        select q.task_id, q.ctid as ticket, q.entered, q.turn from worker.queue q
        where l.waits and q.lane_id = l.id and (q.entered, q.turn) >= (l.next_entered, l.next_turn)
          and q.lease_id is null and (q.deadline_at is null or q.deadline_at > v_now)
          and q.task_id <> all (p_without)
        order by q.entered, q.turn
        limit least(t.room, k.room, p_slots,
          case when not p_all then greatest(ceil(level.level * t.weight - t.at_work), 0)::integer + 1 end)
      ) c
    ), ordered as (
      select *, (at_work + nth) / weight as load, row_number() over (
        partition by kind order by (at_work + nth) / weight, rank desc, entered, turn) as nth_of_kind
      from candidates where nth <= tenant_room
    )
    select o.task_id, o.ticket, o.lane_id, o.entered, o.turn from ordered o
    where o.nth_of_kind <= o.kind_room order by o.load, o.rank desc, o.entered, o.turn limit p_slots;
end
$$;

create function private.has_caps() returns boolean
language sql stable set search_path = ''
as $$
  select exists (select from worker.kinds where max_running is not null)
    or exists (select from worker.tenants where max_running is not null)
$$;

-- With one tenant and no caps there is nothing to weigh, and nobody need be counted.
create function private.has_to_weigh() returns boolean
language sql stable set search_path = ''
as $$
  select private.has_caps()
    or exists (select from worker.lanes where tenant_id <> (select tenant_id from worker.lanes limit 1))
$$;

drop function worker.claim(uuid, integer, integer, text[]);

-- Takes up to p_slots requests of p_kinds (null: of any kind) for p_lease_seconds. Fewer than asked for means that
-- nothing more can be had now: the worker is then on record as idle, and the next insert wakes it.
create function worker.claim(p_worker uuid, p_slots integer, p_lease_seconds integer, p_kinds text[] default null)
returns table (
  task_id uuid, lease_id uuid, kind text, life integer, attempt integer, max_attempts integer,
  user_id uuid, enterprise_id uuid, request_payload jsonb, waited_seconds double precision,
  deadline_seconds double precision
)
language plpgsql set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_memoize = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := worker.now();
  v_oldest bigint;
  v_taken integer := 0;
  v_more integer;
  v_all boolean := (select count(*) from worker.lanes) * p_slots <= 5000;
  v_held uuid[] := '{}';
  v_tasks uuid[];
  v_free uuid[];
  v_tickets tid[];
  v_lanes integer[];
  v_entered bigint[];
  v_turns bigint[];
  v_rows tid[];
begin
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(8421, -1);
  perform private.promote_due(100);

  -- One round is enough, unless others hold some of those found, tenants had less to do than was thought, or a cap cut off
  -- what could have had another slot.
  loop
    -- Before anybody is looked for: all tickets of older transactions are then to be seen.
    v_oldest := private.oldest_transaction();
    select array_agg(n.task_id), array_agg(n.ticket), array_agg(n.lane_id), array_agg(n.entered), array_agg(n.turn)
    into v_tasks, v_tickets, v_lanes, v_entered, v_turns
    from private.next_in_line(p_slots - v_taken, p_kinds, v_held, v_all) n;

    -- Who holds the lock of a request decides what becomes of it: such a one is left out.
    select array_agg(u.id), array_agg(r.ctid), array_agg(u.ticket) into v_free, v_rows, v_tickets
    from unnest(v_tasks, v_tickets) u (id, ticket) cross join lateral (
      select t.ctid from public.agent_task_requests t
      where t.id = u.id and t.status = 'pending' limit 1 for no key update skip locked) r;

    -- A statement of its own, which sees what happened before the locks: a ticket rewritten meanwhile is not met.
    return query
      with leased as (
        update worker.queue q
        set lease_id = gen_random_uuid(), worker_id = p_worker, expires_at = v_now + make_interval(secs => p_lease_seconds)
        from unnest(v_rows, v_tickets) u (request, ticket)
        where q.ctid = u.ticket and q.lease_id is null
        returning u.request, q.lease_id
      )
      update public.agent_task_requests r
      set status = 'processing', attempt = r.attempt + 1, started_at = coalesce(r.started_at, v_now),
        version = r.version + 1, updated_at = v_now
      from leased l
      where r.ctid = l.request
      returning r.id, l.lease_id, r.kind, r.life, r.attempt::integer, r.max_attempts::integer, r.user_id, r.enterprise_id,
        r.request_payload, extract(epoch from v_now - r.run_at)::double precision,
        extract(epoch from r.deadline_at - v_now)::double precision;
    get diagnostics v_more = row_count;
    v_taken := v_taken + v_more;
    perform private.move_on(v_lanes, v_entered, v_turns, v_oldest);

    exit when v_taken >= p_slots;
    if cardinality(v_free) is distinct from cardinality(v_tasks) then
      v_held := v_held || array(select unnest(v_tasks) except select unnest(v_free));
    else
      exit when (v_all or not private.has_to_weigh()) and (v_more = 0 or not private.has_caps());
      v_all := true;
    end if;
  end loop;

  update worker.workers w set idle = v_taken < p_slots, beat_at = v_now
  where w.id = p_worker and (w.idle <> (v_taken < p_slots) or w.beat_at < v_now - interval '5 seconds');
end
$$;

-- Notes how far claims have come in each lane: where the next one begins, and between which places tasks are at work.
create function private.move_on(p_lanes integer[], p_entered bigint[], p_turns bigint[], p_oldest bigint) returns void
language plpgsql set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_picked record;
  v_lane worker.lanes;
begin
  for v_picked in
    select distinct on (lane_id) lane_id, entered as last_entered, turn as last_turn,
      first_value(entered) over up as first_entered, first_value(turn) over up as first_turn
    from unnest(p_lanes, p_entered, p_turns) u (lane_id, entered, turn)
    window up as (partition by lane_id order by entered, turn)
    order by lane_id, entered desc, turn desc
  loop
    select * into v_lane from worker.lanes where id = v_picked.lane_id;
    if (v_picked.last_entered, v_picked.last_turn) > (v_lane.last_entered, v_lane.last_turn) then
      v_lane.last_entered := v_picked.last_entered;
      v_lane.last_turn := v_picked.last_turn;
    end if;

    -- The first that still waits, which may have been left out.
    select q.entered, q.turn into v_lane.next_entered, v_lane.next_turn from worker.queue q
    where q.lane_id = v_lane.id and q.lease_id is null and (q.entered, q.turn) >= (v_lane.next_entered, v_lane.next_turn)
    order by q.entered, q.turn limit 1;
    if not found then
      v_lane.next_entered := v_picked.last_entered;
      v_lane.next_turn := v_picked.last_turn;
    end if;
    if v_lane.next_entered >= p_oldest then
      v_lane.next_entered := p_oldest;
      v_lane.next_turn := 0;
    end if;

    -- One that could not be had before may lie before all that are at work.
    if (v_picked.first_entered, v_picked.first_turn) < (v_lane.first_entered, v_lane.first_turn) then
      v_lane.first_entered := v_picked.first_entered;
      v_lane.first_turn := v_picked.first_turn;
    end if;
    select q.entered, q.turn into v_lane.first_entered, v_lane.first_turn from worker.queue q
    where q.lane_id = v_lane.id and q.lease_id is not null
      and (q.entered, q.turn) >= (v_lane.first_entered, v_lane.first_turn)
      and (q.entered, q.turn) <= (v_lane.last_entered, v_lane.last_turn)
    order by q.entered, q.turn limit 1;
    if not found then
      v_lane.first_entered := v_lane.last_entered;
      v_lane.first_turn := v_lane.last_turn;
    end if;

    update worker.lanes l
    set next_entered = v_lane.next_entered, next_turn = v_lane.next_turn,
      first_entered = v_lane.first_entered, first_turn = v_lane.first_turn,
      last_entered = v_lane.last_entered, last_turn = v_lane.last_turn, used_at = worker.now()
    where l.id = v_lane.id;
  end loop;
end
$$;

-- Beats ----------------------------------------------------------------------------------------------------------

drop function worker.beat(uuid, text, text, text, uuid[], uuid[], integer);

-- Says who the worker is each time, so that one whose record was removed (it slept for days) is on record again.
-- Verdicts come back by lease: ok | cancel | deadline | lost. Of a task that was reset by hand, the worker may hold an
-- old lease and the new one.
create function worker.beat(
  p_worker uuid, p_host text, p_version text, p_hears text, p_tasks uuid[], p_leases uuid[], p_lease_seconds integer,
  p_kinds text[] default null, p_slots integer default null
)
returns table (lease_id uuid, verdict text)
language plpgsql set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_memoize = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := worker.now();
begin
  insert into worker.workers (id, host, version, hears, kinds, slots, in_flight, started_at, beat_at)
  values (p_worker, p_host, p_version, p_hears, p_kinds, p_slots, cardinality(p_tasks), v_now, v_now)
  on conflict (id) do update
    set hears = excluded.hears, kinds = excluded.kinds, slots = excluded.slots, in_flight = excluded.in_flight, beat_at = excluded.beat_at;
  -- A ticket that somebody holds is being settled or taken away: the next beat tells.
  update worker.queue q set expires_at = v_now + make_interval(secs => p_lease_seconds)
  where q.ctid = any (array(
    select p.ctid from unnest(p_tasks, p_leases) h (task_id, lease_id) cross join lateral (
      select f.ctid from worker.queue f
      where f.task_id = h.task_id and f.lease_id = h.lease_id limit 1 for no key update skip locked) p));
  return query
    select h.lease_id, case
      when q.task_id is null then 'lost'
      when r.cancel_requested_at is not null then 'cancel'
      when r.deadline_at <= v_now then 'deadline'
      else 'ok' end
    from unnest(p_tasks, p_leases) h (task_id, lease_id)
    left join lateral (
      select f.task_id from worker.queue f where f.task_id = h.task_id and f.lease_id = h.lease_id limit 1) q on true
    left join lateral (
      select c.cancel_requested_at, c.deadline_at from public.agent_task_requests c where c.id = h.task_id limit 1) r on true;
end
$$;

-- Settling -------------------------------------------------------------------------------------------------------

drop function worker.settle(uuid[], uuid[], text[], jsonb[]);
drop function private.settle_one(uuid, uuid, text, jsonb);

-- What an attempt's end makes of its request. A null error is none.
create type private.ending as (status text, error jsonb, response jsonb, run_at timestamptz, refund integer);

create function private.ending_of(p_outcome text, p_detail jsonb, p_task public.agent_task_requests)
returns private.ending
language plpgsql volatile set search_path = ''
as $$
declare
  c_snoozes constant integer := 100;
  v_ending private.ending;
  v_seconds constant double precision := coalesce((p_detail ->> 'after_seconds')::double precision, 0);
begin
  v_ending.status := p_outcome;
  v_ending.error := p_detail -> 'error';
  v_ending.response := nullif(p_detail -> 'response', 'null');
  v_ending.refund := (p_outcome in ('released', 'snooze', 'waiting'))::integer;

  if p_outcome in ('retry', 'snooze', 'released', 'waiting') and p_task.cancel_requested_at is not null then
    v_ending.status := 'cancelled';
    v_ending.error := null;
  elsif p_outcome = 'retry' then
    v_ending.status := case when p_task.attempt >= p_task.max_attempts then 'failed' else 'scheduled' end;
    v_ending.run_at := worker.now() + greatest(private.retry_delay(p_task.attempt), make_interval(secs => v_seconds));
  elsif p_outcome = 'snooze' then
    v_ending.status := case when p_task.snooze_count >= c_snoozes then 'failed' else 'scheduled' end;
    v_ending.run_at := worker.now() + make_interval(secs => v_seconds);
  elsif p_outcome = 'released' then
    v_ending.status := 'pending';
  elsif p_outcome = 'waiting' then
    v_ending.status := case when private.has_open_children(p_task.id) then 'waiting' else 'pending' end;
  elsif pg_column_size(v_ending.response) > 40000 and octet_length(v_ending.response::text) > 262144 then
    v_ending.response := null;
    if p_outcome = 'completed' then
      v_ending.status := 'failed';
      v_ending.error := jsonb_build_object('code', 'response_too_large', 'retryable', false,
        'message', 'The answer is larger than 256 KiB. Ask for less, or have the pipeline store it and answer with its id.');
    end if;
  end if;

  if v_ending.status = 'scheduled' and v_ending.run_at >= p_task.deadline_at then
    v_ending.status := 'failed';
    v_ending.error := private.deadline_exceeded();
  end if;
  return v_ending;
end
$$;

create function private.deadline_exceeded() returns jsonb
language sql immutable set search_path = ''
as $$
  select '{"code": "deadline_exceeded", "retryable": false, "message": "The task was not done by its deadline."}'::jsonb
$$;

-- Ends attempts. p_details by outcome: completed {response}; failed {error, response?}; retry {error, after_seconds?};
-- snooze {error, after_seconds}, which refunds the attempt, a hundred times; released {} and waiting {} (for its
-- children), which do so too; cancelled {response?} (what was there when it stopped).
-- Returns the new status of each, or 'lost' for a lease that no longer stands: the fence.
create function worker.settle(p_tasks uuid[], p_leases uuid[], p_outcomes text[], p_details jsonb[])
returns table (lease_id uuid, status text)
language plpgsql set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_memoize = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  c_outcomes constant text[] := '{completed,failed,retry,snooze,cancelled,released,waiting}';
  v_now constant timestamptz := worker.now();
  v_leases uuid[];
  v_tickets tid[];
  v_rows tid[];
  v_endings private.ending[];
  v_statuses text[];
  v_open uuid[];
begin
  if not p_outcomes <@ c_outcomes or array_position(p_outcomes, null) is not null then
    raise exception 'An attempt ends as one of %, not as one of %.', c_outcomes, p_outcomes using errcode = '22023';
  end if;

  -- Both are locked first: what is judged then stands still, and the statements below see it as it is. Requests before
  -- tickets, and in the order of ids. A ticket that has been taken away, or is another attempt's by now, is not met.
  select array_agg(u.lease_id), array_agg(ticket.ctid), array_agg(request.ctid), array_agg(request.ending)
  into v_leases, v_tickets, v_rows, v_endings
  from (
    select * from unnest(p_tasks, p_leases, p_outcomes, p_details) u (task_id, lease_id, outcome, detail) order by task_id
  ) u
  cross join lateral (
    select r.id, r.ctid, case
      -- What happens most need not be judged.
      when u.outcome = 'completed' and pg_column_size(u.detail) <= 40000
        then ('completed', null, nullif(u.detail -> 'response', 'null'), null, 0)::private.ending
      else private.ending_of(u.outcome, u.detail, r) end as ending
    from public.agent_task_requests r where r.id = u.task_id limit 1 for no key update
  ) request
  cross join lateral (
    select q.ctid from worker.queue q where q.task_id = request.id and q.lease_id = u.lease_id limit 1 for update
  ) ticket;

  delete from worker.queue where ctid = any (v_tickets);
  with ended as (
    update public.agent_task_requests r
    set status = e.status, error = e.error, response_payload = e.response, run_at = coalesce(e.run_at, r.run_at),
      attempt = greatest(r.attempt - e.refund, 0),
      snooze_count = r.snooze_count + (e.refund = 1 and e.status = 'scheduled')::integer,
      finished_at = case when e.status in ('completed', 'failed', 'cancelled') then v_now end,
      version = r.version + 1, updated_at = v_now
    from unnest(v_leases, v_rows, v_endings) e (lease_id, request, status, error, response, run_at, refund)
    where r.ctid = e.request
    returning e.lease_id, r.id, r.kind, r.status, r.finished_at, r.started_at, r.created_at
  ), tallied as (
    insert into worker.tallies (at, kind, status, tasks, wait_seconds, run_seconds)
    select v_now, kind, status, count(*), sum(extract(epoch from started_at - created_at)),
      sum(extract(epoch from v_now - started_at))
    from ended group by kind, status
  )
  select array_agg(lease_id), array_agg(status), array_agg(id) filter (where finished_at is null)
  into v_leases, v_statuses, v_open from ended;

  if v_open is not null then
    perform private.line_up(array(select r from public.agent_task_requests r where r.id = any (v_open)));
    -- Its last child may have ended while this was judged.
    insert into worker.parents_to_check (parent_id)
    select id from public.agent_task_requests where id = any (v_open) and status = 'waiting';
  end if;
  return query select * from unnest(v_leases, v_statuses);
  if coalesce(cardinality(v_leases), 0) < cardinality(p_leases) then
    return query select l, 'lost' from unnest(p_leases) l where l <> all (coalesce(v_leases, '{}'));
  end if;
end
$$;

-- A lease that ran out means that its worker died or froze. The task goes back: at once the first time, later the
-- second; a third crash ends it, so that a task which kills its workers cannot do so for ever.
create or replace function worker.reap(p_limit integer) returns table (task_id uuid, status text)
language plpgsql set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_memoize = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := worker.now();
  v_ids uuid[];
  v_reaped public.agent_task_requests[];
begin
  v_ids := array(
    select q.task_id from worker.lanes l cross join lateral (
      select t.task_id, t.expires_at from worker.queue t
      where t.lane_id = l.id and t.lease_id is not null
        and (t.entered, t.turn) >= (l.first_entered, l.first_turn)
        and (t.entered, t.turn) <= (l.last_entered, l.last_turn)) q
    where q.expires_at < v_now limit p_limit);
  if cardinality(v_ids) = 0 then
    return;
  end if;
  v_ids := array(
    select r.id from public.agent_task_requests r
    where r.id = any (v_ids) and r.status = 'processing' order by r.id for no key update skip locked);

  -- Under the lock once more: a beat may have come in between.
  with dropped as (
    delete from worker.queue q
    where q.task_id = any (v_ids) and q.lease_id is not null and q.expires_at < v_now returning q.task_id
  ), reaped as (
    update public.agent_task_requests r
    set crash_count = r.crash_count + 1,
      status = case
        when r.cancel_requested_at is not null then 'cancelled'
        when r.crash_count >= 2 or r.attempt >= r.max_attempts then 'failed'
        when r.crash_count = 1 then 'scheduled'
        else 'pending'
      end,
      run_at = case when r.crash_count = 1 then v_now + interval '10 seconds' else r.run_at end,
      finished_at = case
        when r.cancel_requested_at is not null or r.crash_count >= 2 or r.attempt >= r.max_attempts then v_now end,
      error = case
        when r.cancel_requested_at is not null then null
        else jsonb_build_object('code', 'worker_lost', 'retryable', r.crash_count < 2 and r.attempt < r.max_attempts,
          'message', 'The worker stopped while it ran this task. If this repeats, the task itself may be what stops it.')
      end,
      version = r.version + 1, updated_at = v_now
    where r.id = any (array(select task_id from dropped))
    returning r as task
  )
  select array_agg(task) into v_reaped from reaped;
  perform private.line_up(v_reaped);
  return query select t.id, t.status::text from unnest(v_reaped) t;
end
$$;

-- Why it waits ---------------------------------------------------------------------------------------------------

-- Why a task is not at work: {reason, …}. Reasons, the weightiest first:
--   at_work {host, since, stuck}   it runs; stuck: its worker is silent
--   ended {status}
--   scheduled {until}              it was submitted for later
--   retry {until, error}           it failed and is tried again
--   rate {until, error}            the provider asked to come back later
--   children {open}                it waits for the tasks that it has made
--   paused {kind, since}           its kind is paused
--   no_worker {kind}               no living worker takes its kind
--   tenant_cap {cap}, kind_cap {cap}   as many as allowed are at work
--   position {ahead}               so many of its tenant and kind come first (counted up to 1000), or all slots are taken
-- Security definer: users have no right to the queue; the check of the task comes first.
create function public.explain_wait(task_id uuid) returns jsonb
language plpgsql stable security definer set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_memoize = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_variable
declare
  v_task public.agent_task_requests;
  v_ticket worker.queue;
  v_lane worker.lanes;
  v_kind worker.kinds;
  v_tenant worker.tenants;
begin
  perform private.check_may_act(array[task_id]);
  select * into v_task from public.agent_task_requests r where r.id = task_id;
  if v_task.status = 'scheduled' then
    return case
      when v_task.error is null then jsonb_build_object('reason', 'scheduled', 'until', v_task.run_at)
      else jsonb_build_object('reason', case v_task.error ->> 'code' when 'rate_limited' then 'rate' else 'retry' end,
        'until', v_task.run_at, 'error', v_task.error) end;
  elsif v_task.status = 'waiting' then
    return jsonb_build_object('reason', 'children', 'open', (
      select count(*) from public.agent_task_requests c where c.parent_id = task_id and c.finished_at is null));
  elsif v_task.status = 'processing' then
    return (
      select jsonb_build_object('reason', 'at_work', 'host', w.host, 'since', v_task.started_at,
        'stuck', private.is_stuck(q.expires_at, w.beat_at))
      from worker.queue q left join worker.workers w on w.id = q.worker_id where q.task_id = v_task.id);
  elsif v_task.status <> 'pending' then
    return jsonb_build_object('reason', 'ended', 'status', v_task.status);
  end if;

  select * into v_kind from worker.kinds k where k.kind = v_task.kind;
  if v_kind.paused_at is not null then
    return jsonb_build_object('reason', 'paused', 'kind', v_task.kind, 'since', v_kind.paused_at);
  end if;
  if not exists (
    select from worker.workers w
    where w.beat_at > worker.now() - interval '1 minute' and (w.kinds is null or v_task.kind = any (w.kinds)))
  then
    return jsonb_build_object('reason', 'no_worker', 'kind', v_task.kind);
  end if;
  select * into v_tenant from worker.tenants t where t.tenant_id = private.tenant_of(v_task.enterprise_id, v_task.user_id);
  if v_tenant.max_running <= (
    select sum(private.count_at_work(l.id)) from worker.lanes l where l.tenant_id = v_tenant.tenant_id)
  then
    return jsonb_build_object('reason', 'tenant_cap', 'cap', v_tenant.max_running);
  end if;
  if v_kind.max_running <= (
    select sum(private.count_at_work(l.id)) from worker.lanes l where l.kind = v_task.kind)
  then
    return jsonb_build_object('reason', 'kind_cap', 'cap', v_kind.max_running);
  end if;

  select * into v_ticket from worker.queue q where q.task_id = v_task.id;
  select * into v_lane from worker.lanes l where l.id = v_ticket.lane_id;
  return jsonb_build_object('reason', 'position', 'ahead', (
    select count(*) from (
      select from worker.lanes l cross join lateral (
        select from worker.queue q
        where q.lane_id = l.id and q.lease_id is null and (q.entered, q.turn) >= (l.next_entered, l.next_turn)
          and (l.rank > v_lane.rank or (q.entered, q.turn) < (v_ticket.entered, v_ticket.turn))
        order by q.entered, q.turn limit 1000) q
      where l.tenant_id = v_lane.tenant_id and l.kind = v_lane.kind and l.rank >= v_lane.rank
      limit 1000) t));
end
$$;

-- Its lease has run out, or its worker has not beaten for a minute, however long its leases are.
create function private.is_stuck(p_expires_at timestamptz, p_beat_at timestamptz) returns boolean
language sql stable set search_path = ''
as $$
  select p_expires_at < worker.now() or coalesce(p_beat_at, '-infinity') < worker.now() - interval '1 minute'
$$;

revoke execute on function public.explain_wait from public, anon;
grant execute on function public.explain_wait to authenticated, service_role;

revoke execute on all functions in schema worker, private from public;
grant execute on function private.this_transaction, private.oldest_transaction, private.tenant_of, private.rank_of,
  private.open_lanes, private.lane_of, private.lane_bucket, private.has_to_weigh, private.has_caps, private.is_stuck, private.line_up, private.next_in_line, private.move_on, private.ending_of,
  private.deadline_exceeded
  to service_role;
