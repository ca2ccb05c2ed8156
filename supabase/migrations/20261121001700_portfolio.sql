-- Portfolio: the data and tools of the kind `portfolio-analysis`.
--
-- A person has accounts with positions in instruments, and preferences for the time after work. All of that is the person's
-- own: nobody else sees it, not even admins of an enterprise. So an analysis is a task of nobody's enterprise, because what
-- such a task journals and answers its admins may read. (Platform admins look after the journal of every task.)
--
-- Instruments and market insights are the same for all. Their writers are servers; of an instrument that lacks allocations
-- the analysis of somebody who holds it may fill these in, once. Each group of an allocation sums to 100 percent.
--
-- An analysis has a field for each agent, which writes it when it is done: report, charts, retirement, summary. A new life of
-- the task empties them. Users may read them alone, so what stands there came from the task.
--
-- Tools (called by worker.run_tool with the rights of the task's user):
-- by the pipeline: load_portfolio · tag_instruments {instruments} · begin_analysis {notes} ·
--   keep_payload {field, payload} · read_analysis;
-- by agents: get_market_insights {query} · create_chart {position, …} · finalize_job {summary, highlights}.
-- Verb of the worker: import_portfolio(email, rows), for the import of files.
-- Errors: 22023 malformed · 42501 not this user's analysis · P0002 no such user.

-- Tells whether it is an object of percentages with simple names that sum to 100, give or take a hundredth.
create function private.is_allocation(p_allocation jsonb) returns boolean
language sql immutable strict set search_path = ''
as $$
  select case when jsonb_typeof(p_allocation) is distinct from 'object' then false
    else coalesce((
      select bool_and(name ~ '^[a-z_]{1,40}$' and case jsonb_typeof(percent) when 'number' then percent::numeric >= 0 else false end)
        and abs(sum(case jsonb_typeof(percent) when 'number' then percent::numeric end) - 100) <= 0.01
      from jsonb_each(p_allocation) each (name, percent)), false)
  end
$$;

create table public.portfolio_instruments (
  symbol text primary key constraint symbol_is_short check (symbol ~ '^[A-Z0-9][A-Z0-9.:-]{0,19}$'),
  name text not null default '' constraint name_is_short check (length(name) <= 200),
  kind text not null default 'other'
    constraint instrument_kind_is_known check (kind in ('etf', 'fund', 'stock', 'bond', 'commodity', 'other')),
  price numeric(18, 6) constraint price_is_not_negative check (price >= 0),
  price_source text constraint price_source_is_known check (price_source in ('market', 'import', 'estimate')),
  asset_classes jsonb constraint asset_classes_sum_to_100 check (private.is_allocation(asset_classes)),
  regions jsonb constraint regions_sum_to_100 check (private.is_allocation(regions)),
  sectors jsonb constraint sectors_sum_to_100 check (private.is_allocation(sectors)),
  constraint allocations_are_whole check (num_nulls(asset_classes, regions, sectors) in (0, 3)),
  constraint price_has_a_source check ((price is null) = (price_source is null))
);
comment on column public.portfolio_instruments.price is 'Of one unit, in the currency of the accounts; null while it is not known.';

create table public.portfolio_preferences (
  user_id uuid primary key references auth.users on delete cascade,
  birth_year smallint not null constraint birth_year_is_plausible check (birth_year between 1900 and 2100),
  retirement_age smallint not null default 67,
  plan_until_age smallint not null default 95,
  annual_contribution numeric(14, 2) not null default 0 constraint contribution_is_not_negative check (annual_contribution >= 0),
  annual_income numeric(14, 2) not null constraint income_is_above_0 check (annual_income > 0),
  target jsonb constraint target_sums_to_100 check (private.is_allocation(target)),
  currency text not null default 'USD' constraint currency_is_a_code check (currency ~ '^[A-Z]{3}$'),
  constraint ages_are_in_order check (retirement_age between 30 and 90 and plan_until_age between retirement_age + 1 and 120)
);
comment on column public.portfolio_preferences.annual_income is 'Wanted from the portfolio in each year of retirement, in today''s money.';
comment on column public.portfolio_preferences.target is 'The wanted percentages of asset classes, or null.';

create table public.portfolio_accounts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users on delete cascade,
  name text not null constraint account_name_is_short check (length(name) between 1 and 100),
  cash numeric(16, 2) not null default 0 constraint cash_is_not_negative check (cash >= 0),
  created_at timestamptz not null default now(),
  constraint account_name_is_unique unique (user_id, name)
);

create table public.portfolio_positions (
  account_id uuid not null references public.portfolio_accounts on delete cascade,
  symbol text not null references public.portfolio_instruments on update cascade,
  quantity numeric(20, 8) not null constraint quantity_is_above_0 check (quantity > 0),
  primary key (account_id, symbol)
);
create index portfolio_positions_of_instrument on public.portfolio_positions (symbol);

create table public.market_insights (
  id uuid primary key default gen_random_uuid(),
  title text not null,
  body text not null,
  source text not null,
  published_on date not null,
  words tsvector generated always as (to_tsvector('english', title || ' ' || body)) stored
);
create index market_insights_by_words on public.market_insights using gin (words);

create table public.portfolio_analyses (
  task_id uuid primary key references public.agent_task_requests on delete cascade,
  user_id uuid not null references auth.users on delete cascade,
  life integer not null,
  report_payload jsonb,
  charts_payload jsonb,
  retirement_payload jsonb,
  summary_payload jsonb,
  updated_at timestamptz not null
);
create index portfolio_analyses_of_user on public.portfolio_analyses (user_id);
comment on table public.portfolio_analyses is 'What the agents of an analysis have finished so far, also when it ends badly.';

alter table public.portfolio_instruments enable row level security;
alter table public.portfolio_preferences enable row level security;
alter table public.portfolio_accounts enable row level security;
alter table public.portfolio_positions enable row level security;
alter table public.market_insights enable row level security;
alter table public.portfolio_analyses enable row level security;
revoke all on public.portfolio_instruments, public.portfolio_preferences, public.portfolio_accounts, public.portfolio_positions,
  public.market_insights, public.portfolio_analyses from anon, authenticated;
grant select on public.portfolio_instruments, public.portfolio_preferences, public.portfolio_accounts, public.portfolio_positions,
  public.market_insights, public.portfolio_analyses to authenticated;
grant all on public.portfolio_instruments, public.portfolio_preferences, public.portfolio_accounts, public.portfolio_positions,
  public.market_insights, public.portfolio_analyses to service_role;

create policy "see all instruments" on public.portfolio_instruments for select to authenticated using (true);
create policy "see all insights" on public.market_insights for select to authenticated using (true);
create policy "see one's own preferences" on public.portfolio_preferences for select to authenticated
  using (user_id = (select auth.uid()));
create policy "see one's own accounts" on public.portfolio_accounts for select to authenticated
  using (user_id = (select auth.uid()));
create policy "see the positions of one's own accounts" on public.portfolio_positions for select to authenticated
  using (account_id in (select a.id from public.portfolio_accounts a where a.user_id = (select auth.uid())));
create policy "see one's own analyses" on public.portfolio_analyses for select to authenticated
  using (user_id = (select auth.uid()));

-- Reading --------------------------------------------------------------------------------------------------------

-- All that the task's user has: {currency, preferences, accounts: [{name, cash, positions: [{symbol, …}]}]}.
-- Null where the task is not that user's own analysis.
create function agent_tools.load_portfolio(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'preferences', (
      select jsonb_build_object('age', extract(year from (select private.today()))::integer - birth_year, 'retirementAge', retirement_age,
        'planUntilAge', plan_until_age, 'annualContribution', annual_contribution, 'annualIncome', annual_income,
        'target', target, 'currency', currency)
      from public.portfolio_preferences where user_id = t.user_id),
    'accounts', coalesce((
      select jsonb_agg(jsonb_build_object('name', a.name, 'cash', a.cash, 'positions', coalesce((
          select jsonb_agg(jsonb_build_object('symbol', i.symbol, 'name', i.name, 'kind', i.kind, 'quantity', p.quantity,
            'price', i.price, 'priceSource', i.price_source, 'assetClasses', i.asset_classes, 'regions', i.regions,
            'sectors', i.sectors) order by i.symbol)
          from public.portfolio_positions p join public.portfolio_instruments i on i.symbol = p.symbol
          where p.account_id = a.id), '[]')) order by a.created_at, a.name)
      from public.portfolio_accounts a where a.user_id = t.user_id), '[]'))
  from public.agent_task_requests t
  where t.id = p_task and t.user_id = (select auth.uid()) and t.enterprise_id is null and t.kind = 'portfolio-analysis'
$$;

-- Up to three insights that have words of the query, those with the most first.
create function agent_tools.get_market_insights(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  with query as (
    select string_agg(quote_literal(lexeme), ' | ')::tsquery as words
    from unnest(to_tsvector('english', left(p_input ->> 'query', 2000)))
  )
  select coalesce(jsonb_agg(found), '[]')
  from (
    select m.title, m.body as text, m.source, m.published_on from public.market_insights m cross join query
    where m.words @@ query.words
    order by ts_rank(m.words, query.words) desc, m.published_on desc, m.title limit 3
  ) found
$$;

create function agent_tools.read_analysis(p_task uuid, p_input jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('report_payload', report_payload, 'charts_payload', charts_payload,
    'retirement_payload', retirement_payload, 'summary_payload', summary_payload)
  from public.portfolio_analyses where task_id = p_task and user_id = (select auth.uid())
$$;

-- Writing --------------------------------------------------------------------------------------------------------

-- The analysis that the caller's task is, under way and of no enterprise.
create function private.own_analysis(p_task uuid) returns public.agent_task_requests
language plpgsql stable set search_path = ''
as $$
declare
  v_request public.agent_task_requests;
begin
  select * into v_request from public.agent_task_requests
  where id = p_task and user_id = (select auth.uid()) and enterprise_id is null and kind = 'portfolio-analysis'
    and status = 'processing';
  if not found then
    raise exception 'This is no analysis of yours that is under way.' using errcode = '42501';
  end if;
  return v_request;
end
$$;

-- Writes the field of one specialist.
-- Security definer: users may not write analyses.
create function agent_tools.keep_payload(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_request constant public.agent_task_requests := private.own_analysis(p_task);
  v_field constant text := p_input ->> 'field';
  v_payload constant jsonb := p_input -> 'payload';
begin
  if v_field is null or v_field not in ('report', 'retirement') or jsonb_typeof(v_payload) is distinct from 'object' then
    raise exception 'Name the field, report or retirement, and give its payload.' using errcode = '22023';
  end if;
  update public.portfolio_analyses
  set report_payload = case v_field when 'report' then v_payload else report_payload end,
    retirement_payload = case v_field when 'retirement' then v_payload else retirement_payload end,
    updated_at = worker.now()
  where task_id = p_task and user_id = v_request.user_id;
  return to_jsonb(found);
end
$$;

-- Puts a chart at its place, from 1 to 6; another one there makes way. The worker has checked that it can be drawn.
-- Security definer: users may not write analyses.
create function agent_tools.create_chart(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_request constant public.agent_task_requests := private.own_analysis(p_task);
  v_position constant integer := (p_input ->> 'position')::integer;
  v_charts jsonb;
begin
  if v_position is null or v_position not between 1 and 6 then
    raise exception 'The position of a chart is from 1 to 6.' using errcode = '22023';
  end if;
  -- Charts made at the same time take turns here.
  select coalesce(charts_payload, '[]') into v_charts from public.portfolio_analyses
  where task_id = p_task and user_id = v_request.user_id for no key update;
  select jsonb_agg(chart order by (chart ->> 'position')::integer) into v_charts
  from (
    select chart from jsonb_array_elements(v_charts) chart where (chart ->> 'position')::integer <> v_position
    union all select p_input
  ) charts;
  update public.portfolio_analyses set charts_payload = v_charts, updated_at = worker.now() where task_id = p_task;
  return jsonb_build_object('charts', jsonb_array_length(v_charts));
end
$$;

-- Empties what an earlier life has left. A fork begins with what its origin had kept before that step: the copied calls are
-- done again, for the fork's own analysis.
-- Security definer: users may not write analyses.
create function agent_tools.begin_analysis(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_request constant public.agent_task_requests := private.own_analysis(p_task);
  v_step public.agent_task_steps;
begin
  insert into public.portfolio_analyses (task_id, user_id, life, summary_payload, updated_at)
  values (p_task, v_request.user_id, v_request.life, jsonb_build_object('notes', coalesce(p_input -> 'notes', '[]')), worker.now())
  on conflict (task_id) do update
    set life = excluded.life, report_payload = null, charts_payload = null, retirement_payload = null,
      summary_payload = excluded.summary_payload, updated_at = excluded.updated_at;
  for v_step in
    select * from public.agent_task_steps
    where task_id = p_task and life = v_request.life and attempt = 0 and kind = 'tool' and status = 'done'
      and name in ('keep_payload', 'create_chart') and not output ? 'error'
    order by id
  loop
    if v_step.name = 'create_chart' then
      perform agent_tools.create_chart(p_task, v_step.input);
    else
      perform agent_tools.keep_payload(p_task, v_step.input);
    end if;
  end loop;
  return 'true';
end
$$;

-- The planner's last word. Refused while there is nothing to sum up, or too few charts.
-- Security definer: users may not write analyses.
create function agent_tools.finalize_job(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_request constant public.agent_task_requests := private.own_analysis(p_task);
  v_summary constant text := btrim(p_input ->> 'summary');
  v_analysis public.portfolio_analyses;
  v_charts integer;
begin
  select * into v_analysis from public.portfolio_analyses
  where task_id = p_task and user_id = v_request.user_id for no key update;
  v_charts := coalesce(jsonb_array_length(v_analysis.charts_payload), 0);
  if num_nonnulls(v_analysis.report_payload, v_analysis.charts_payload, v_analysis.retirement_payload) = 0 then
    raise exception 'No specialist has finished anything yet: call those that are needed first.' using errcode = '22023';
  elsif v_charts between 1 and 3 then
    raise exception 'There are % charts only: call the charter again, for at least 4.', v_charts using errcode = '22023';
  elsif coalesce(length(v_summary), 0) not between 1 and 4000 then
    raise exception 'Give a summary of 1 to 4000 characters.' using errcode = '22023';
  elsif jsonb_typeof(p_input -> 'highlights') is distinct from 'array' or jsonb_array_length(p_input -> 'highlights') > 8
    or jsonb_path_exists(p_input -> 'highlights', '$[*] ? (@.type() != "string")') then
    raise exception 'Give up to 8 highlights as a list of texts.' using errcode = '22023';
  end if;
  update public.portfolio_analyses
  set summary_payload = coalesce(summary_payload, '{}')
      || jsonb_build_object('summary', v_summary, 'highlights', p_input -> 'highlights'),
    updated_at = worker.now()
  where task_id = p_task;
  return jsonb_build_object('done', true);
end
$$;

-- Fills in the allocations of instruments that have none, and a price where none is known: {instruments: [{symbol, price,
-- assetClasses, regions, sectors}]} → the symbols that were. Only what the user holds: nobody classifies for others what
-- does not concern them. Whoever is first decides.
-- Security definer: users may not write instruments.
create function agent_tools.tag_instruments(p_task uuid, p_input jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_request constant public.agent_task_requests := private.own_analysis(p_task);
  v_tagged jsonb;
begin
  -- In the order of symbols, so that two analyses of the same unknown instruments pass each other.
  perform from public.portfolio_instruments
  where symbol in (select tag ->> 'symbol' from jsonb_array_elements(p_input -> 'instruments') tag)
  order by symbol for no key update;
  with tagged as (
    update public.portfolio_instruments i
    set asset_classes = tag -> 'assetClasses', regions = tag -> 'regions', sectors = tag -> 'sectors',
      price = coalesce(i.price, (tag ->> 'price')::numeric),
      price_source = coalesce(i.price_source, case when tag ->> 'price' is not null then 'estimate' end)
    from jsonb_array_elements(p_input -> 'instruments') tag
    where i.symbol = tag ->> 'symbol' and i.asset_classes is null
      and exists (
        select from public.portfolio_positions p join public.portfolio_accounts a on a.id = p.account_id
        where p.symbol = i.symbol and a.user_id = v_request.user_id)
    returning i.symbol
  )
  select coalesce(jsonb_agg(symbol order by symbol), '[]') into v_tagged from tagged;
  return v_tagged;
end
$$;

-- Import ---------------------------------------------------------------------------------------------------------

-- Takes over the accounts of a file: p_rows [{account, symbol, quantity, name?, kind?, price?}], the symbol CASH being money.
-- An account that the file names is replaced whole; others stay. Instruments are added where they are unknown, and those
-- that are known stay as they are, but for their price. → {accounts, positions, unclassified: [symbol]}
-- Security definer: servers may not read auth.users.
create function worker.import_portfolio(p_email text, p_rows jsonb[]) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid;
  v_accounts integer;
  v_positions integer;
begin
  select id into v_user from auth.users where email = lower(p_email);
  if not found then
    raise exception 'There is no user %.', p_email using errcode = 'P0002', hint = 'Users sign up first.';
  end if;

  insert into public.portfolio_instruments as i (symbol, name, kind, price, price_source)
  select distinct on (r ->> 'symbol') r ->> 'symbol', coalesce(r ->> 'name', ''), coalesce(r ->> 'kind', 'other'),
    (r ->> 'price')::numeric, case when r ->> 'price' is not null then 'import' end
  from unnest(p_rows) r where r ->> 'symbol' <> 'CASH'
  order by r ->> 'symbol', r ->> 'price' nulls last
  on conflict (symbol) do update set price = excluded.price, price_source = excluded.price_source
    where excluded.price is not null and i.price_source is distinct from 'market';

  delete from public.portfolio_accounts
  where user_id = v_user and name in (select r ->> 'account' from unnest(p_rows) r);
  insert into public.portfolio_accounts (user_id, name, cash)
  select v_user, r ->> 'account', coalesce(sum((r ->> 'quantity')::numeric) filter (where r ->> 'symbol' = 'CASH'), 0)
  from unnest(p_rows) r group by r ->> 'account' order by r ->> 'account';
  get diagnostics v_accounts = row_count;

  insert into public.portfolio_positions (account_id, symbol, quantity)
  select a.id, r ->> 'symbol', sum((r ->> 'quantity')::numeric)
  from unnest(p_rows) r join public.portfolio_accounts a on a.user_id = v_user and a.name = r ->> 'account'
  where r ->> 'symbol' <> 'CASH' group by 1, 2;
  get diagnostics v_positions = row_count;

  return jsonb_build_object('accounts', v_accounts, 'positions', v_positions, 'unclassified', coalesce((
    select jsonb_agg(distinct i.symbol) from public.portfolio_instruments i
    join public.portfolio_positions p on p.symbol = i.symbol join public.portfolio_accounts a on a.id = p.account_id
    where a.user_id = v_user and i.asset_classes is null), '[]'));
end
$$;

revoke execute on all functions in schema worker, private, agent_tools from public;
grant execute on function private.is_allocation, worker.import_portfolio to service_role;
grant execute on function agent_tools.load_portfolio, agent_tools.get_market_insights, agent_tools.read_analysis,
  agent_tools.begin_analysis, agent_tools.keep_payload, agent_tools.create_chart, agent_tools.finalize_job,
  agent_tools.tag_instruments to authenticated, service_role;
