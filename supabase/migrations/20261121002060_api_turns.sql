-- API turns: how often a user may call something in a minute, whichever instance of the API is asked.
--
-- A user has a bucket for each thing, named by the caller, such as tool:refund_order. It holds a minute's worth and fills
-- up evenly; each call takes one.
--
-- Verb of the worker: take_api_turn → 0, or after how many seconds (rounded up) there will be a turn.
-- Errors: 22023 malformed.

create table worker.api_buckets (
  user_id uuid not null references auth.users on delete cascade,
  bucket text not null constraint bucket_is_a_short_name check (bucket ~ '^[a-z][a-z0-9_:.-]{0,79}$'),
  turns_left double precision not null,
  filled_at timestamptz not null,
  primary key (user_id, bucket)
);
alter table worker.api_buckets enable row level security;
revoke all on worker.api_buckets from anon, authenticated;
grant select, insert, update, delete on worker.api_buckets to service_role;

create function worker.take_api_turn(p_user uuid, p_bucket text, p_per_minute integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_now timestamptz;
  v_bucket worker.api_buckets;
  v_left double precision;
begin
  if p_user is null or p_bucket is null or coalesce(p_per_minute, 0) <= 0 then
    raise exception 'A turn is taken by a user, from a bucket of one or more a minute.' using errcode = '22023';
  end if;
  -- The bucket is full again if PostgreSQL crashes: no reason to have all wait for the disk.
  perform set_config('synchronous_commit', 'off', true);
  select * into v_bucket from worker.api_buckets where user_id = p_user and bucket = p_bucket for update;
  if not found then
    insert into worker.api_buckets (user_id, bucket, turns_left, filled_at)
    values (p_user, p_bucket, p_per_minute, worker.now()) on conflict do nothing;
    select * into v_bucket from worker.api_buckets where user_id = p_user and bucket = p_bucket for update;
  end if;
  -- Read under the lock, so that whoever comes later has the later time.
  v_now := greatest(worker.now(), v_bucket.filled_at);
  v_left := least(p_per_minute, v_bucket.turns_left + extract(epoch from v_now - v_bucket.filled_at) * p_per_minute / 60);
  -- Sums of fractions are not exact.
  if v_left < 1 - 1e-6 then
    return greatest(1, ceil((1 - v_left) * 60 / p_per_minute - 1e-6));
  end if;
  update worker.api_buckets set turns_left = v_left - 1, filled_at = v_now where user_id = p_user and bucket = p_bucket;
  return 0;
end
$$;

revoke execute on all functions in schema worker, private from public;
