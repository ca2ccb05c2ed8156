-- The realtime schema of a hosted project, as far as applications can see it.
--
-- messages       one row per broadcast sent from the database; its row-level security also decides who may join a
--                private channel (select) and who may send to it (insert), see authorize.ts
-- send           the verb that applications call; an error becomes a warning, so the caller's transaction goes on
-- send_binary    the same for bytes
-- broadcast_changes   called from a row trigger; raises when it cannot send
-- topic()        the topic being checked, for use in policies
--
-- Runs at every boot, after the roles anon, authenticated and service_role exist.

create schema if not exists realtime;
grant usage on schema realtime to anon, authenticated, service_role;

-- Hosted partitions this table by day and drops a partition after 72 hours. Times are UTC without zone, as hosted.
create table if not exists realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default (now() at time zone 'utc'),
  inserted_at timestamp not null default (now() at time zone 'utc'),
  id uuid not null default gen_random_uuid(),
  binary_payload bytea,
  constraint messages_pkey primary key (id, inserted_at)
);

create index if not exists messages_replay_idx on realtime.messages (topic, inserted_at desc)
  where extension = 'broadcast' and private;

alter table realtime.messages enable row level security;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;
delete from realtime.messages where inserted_at < (now() at time zone 'utc') - interval '72 hours';

create or replace function realtime.topic() returns text
language sql stable
set search_path = ''
as $$
  select nullif(current_setting('realtime.topic', true), '')
$$;

-- Runs with the caller's rights on purpose: a policy for insert decides who may send. The setting lets that policy
-- use realtime.topic().
create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql
set search_path = ''
as $$
declare
  message_id uuid := gen_random_uuid();
begin
  perform set_config('realtime.topic', send.topic, true);
  insert into realtime.messages (id, topic, extension, event, private, payload)
  values (
    message_id, send.topic, 'broadcast', send.event, send.private,
    case when send.payload ? 'id' then send.payload
    else jsonb_set(send.payload, '{id}', to_jsonb(message_id)) end
  );
exception when others then
  raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
end
$$;

create or replace function realtime.send_binary(payload bytea, event text, topic text, private boolean default true)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform set_config('realtime.topic', send_binary.topic, true);
  insert into realtime.messages (topic, extension, event, private, binary_payload)
  values (send_binary.topic, 'broadcast', send_binary.event, send_binary.private, send_binary.payload);
exception when others then
  raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
end
$$;

create or replace function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text,
  new record, old record, level text default 'ROW'
) returns void
language plpgsql
set search_path = ''
as $$
begin
  if level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;
  perform realtime.send(
    jsonb_build_object(
      'old_record', old, 'record', new, 'operation', operation, 'table', table_name, 'schema', table_schema
    ),
    event_name, topic_name
  );
exception when others then
  raise exception 'Failed to process the row: %', sqlerrm;
end
$$;

-- Applications add their tables to supabase_realtime; the other one is read by the server alone.
do $$
begin
  if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
  if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime_messages_publication') then
    create publication supabase_realtime_messages_publication for table realtime.messages with (publish = 'insert');
  end if;
end
$$;

-- Hosted decodes with wal2json, which emits stored generated columns; pgoutput does so only when told.
alter publication supabase_realtime set (publish_generated_columns = stored);
