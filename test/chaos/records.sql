-- What the referee goes by: every change of a request and every journalled step, written down by the database itself
-- in the transaction that makes it. Only here, beside the project's own schema.

create schema chaos;

create table chaos.changes (
  task_id uuid not null,
  from_version bigint not null,
  version bigint not null,
  from_status text not null,
  status text not null,
  from_life integer not null,
  life integer not null,
  from_attempt integer not null,
  attempt integer not null,
  from_crashes integer not null,
  crashes integer not null,
  -- Of a claim: the lease that it made.
  lease_id uuid,
  worker_id uuid,
  at timestamptz not null,
  primary key (task_id, version)
);

create function chaos.note_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into chaos.changes
  select new.id, old.version, new.version, old.status, new.status, old.life, new.life, old.attempt, new.attempt,
    old.crash_count, new.crash_count, l.id, l.worker_id, new.updated_at
  from (select new.id as task_id where new.status = 'processing' and old.status <> 'processing') c
  right join (select) one on true
  left join worker.leases l on l.task_id = c.task_id;
  return null;
end
$$;

-- Deferred to the commit, when row and lease have both been written, whichever came first.
create constraint trigger note_change after update on public.agent_task_requests
  deferrable initially deferred for each row execute function chaos.note_change();

create table chaos.writes (
  id bigint generated always as identity primary key,
  task_id uuid not null,
  life integer not null,
  key text not null,
  status text not null,
  -- The lease that the writer names in the step, and the one that held the task at that moment.
  writer uuid,
  holder uuid,
  at timestamptz not null
);

create function chaos.note_write() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into chaos.writes (task_id, life, key, status, writer, holder, at)
  select new.task_id, new.life, new.key, new.status, (new.output ->> 'lease')::uuid,
    (select l.id from worker.leases l where l.task_id = new.task_id), clock_timestamp();
  return null;
end
$$;

create trigger note_write after insert or update on public.agent_task_steps
  for each row execute function chaos.note_write();
