-- The demo people's places on the local stack. `npm start` signs these people up first, by Auth's own sign-up; a
-- database without them, such as a hosted project, is left as it is. May run again at any time.

insert into public.enterprises (id, name)
select seed.id, seed.name
from (values
  ('00000000-0000-4000-8000-00000000ac3e'::uuid, 'Acme', 'ada@acme.test'),
  ('00000000-0000-4000-8000-0000000910be'::uuid, 'Globex', 'eve@globex.test')
) as seed (id, name, first_member)
where exists (select from auth.users where email = seed.first_member)
on conflict (id) do nothing;

insert into public.enterprise_members (enterprise_id, user_id, role)
select seed.enterprise_id, users.id, seed.role
from (values
  ('00000000-0000-4000-8000-00000000ac3e'::uuid, 'ada@acme.test', 'admin'),
  ('00000000-0000-4000-8000-00000000ac3e'::uuid, 'bob@acme.test', 'member'),
  ('00000000-0000-4000-8000-0000000910be'::uuid, 'eve@globex.test', 'member')
) as seed (enterprise_id, email, role)
join auth.users on users.email = seed.email
on conflict do nothing;

insert into public.platform_admins (user_id)
select id from auth.users where email = 'root@liverow.test'
on conflict do nothing;

-- A shop for the kind `order-desk`.
insert into public.shop_orders (enterprise_id, number, customer, item, amount, status, ordered_at)
select '00000000-0000-4000-8000-00000000ac3e', seed.number, seed.customer, seed.item, seed.amount, seed.status,
  now() - make_interval(days => seed.days)
from (values
  ('1001', 'Marta Lindqvist', 'Walnut desk lamp', 89.00, 'delivered', 9),
  ('1002', 'Jonas Weber', 'Ceramic mug, set of two', 18.50, 'delivered', 6),
  ('1003', 'Priya Nair', 'Oak standing desk', 649.00, 'delivered', 4),
  ('1004', 'Tom Okafor', 'Felt desk mat', 34.90, 'shipped', 2),
  ('1005', 'Lucía Romero', 'Ergonomic chair', 420.00, 'paid', 1)
) as seed (number, customer, item, amount, status, days)
where exists (select from public.enterprises where id = '00000000-0000-4000-8000-00000000ac3e')
on conflict on constraint order_number_is_unique do nothing;

insert into public.shop_policies (enterprise_id, title, body)
select '00000000-0000-4000-8000-00000000ac3e', seed.title, seed.body
from (values
  ('Damaged or broken goods', 'A customer whose item arrives broken, damaged or cracked gets the full amount back within 30 days. No return is needed below 50 EUR. Ask for no photo below 20 EUR.'),
  ('Late deliveries', 'When a delivery is more than five working days late, the customer may cancel and gets the full amount back. Earlier than that, offer to track the parcel.'),
  ('Changed mind', 'Unused goods can be returned within 14 days for a full refund. The customer pays the return; furniture is picked up for 25 EUR.')
) as seed (title, body)
where exists (select from public.enterprises where id = '00000000-0000-4000-8000-00000000ac3e')
  and not exists (select from public.shop_policies p where p.title = seed.title);

-- Portfolios for the kind `portfolio-analysis`: Ada has three accounts, Bob one. Nobody has classified SOLX yet.
insert into public.portfolio_instruments (symbol, name, kind, price, price_source, asset_classes, regions, sectors)
select seed.symbol, seed.name, seed.kind, seed.price, 'market', seed.asset_classes::jsonb, seed.regions::jsonb, seed.sectors::jsonb
from (values
  ('WRLD', 'World Equity ETF', 'etf', 112.40, '{"equity": 100}',
    '{"north_america": 68, "europe": 16, "asia_pacific": 10, "emerging_markets": 6}',
    '{"technology": 25, "financials": 16, "healthcare": 11, "consumer": 17, "industrials": 11, "communication": 8, "energy": 4, "materials": 4, "utilities": 2, "real_estate": 2}'),
  ('USTK', 'US Technology ETF', 'etf', 241.15, '{"equity": 100}', '{"north_america": 100}',
    '{"technology": 88, "communication": 12}'),
  ('EUDV', 'Europe Dividend ETF', 'etf', 38.70, '{"equity": 100}', '{"europe": 100}',
    '{"financials": 34, "utilities": 16, "consumer": 15, "healthcare": 12, "industrials": 12, "energy": 11}'),
  ('EMKT', 'Emerging Markets Fund', 'fund', 54.05, '{"equity": 98, "cash": 2}', '{"emerging_markets": 100}',
    '{"technology": 30, "financials": 24, "consumer": 20, "communication": 10, "materials": 8, "energy": 5, "industrials": 3}'),
  ('GOVB', 'Government Bond ETF', 'etf', 96.30, '{"bonds": 100}', '{"north_america": 45, "europe": 45, "asia_pacific": 10}',
    '{"government": 100}'),
  ('CORP', 'Corporate Bond Fund', 'fund', 104.80, '{"bonds": 96, "cash": 4}', '{"north_america": 60, "europe": 40}',
    '{"financials": 40, "industrials": 22, "utilities": 14, "consumer": 14, "communication": 10}'),
  ('REIT', 'Global Property ETF', 'etf', 27.90, '{"real_estate": 100}', '{"north_america": 62, "europe": 18, "asia_pacific": 20}',
    '{"real_estate": 100}'),
  ('GLDP', 'Physical Gold', 'commodity', 71.60, '{"commodities": 100}', '{"other": 100}', '{"other": 100}'),
  ('BIOM', 'Biomedica Inc.', 'stock', 63.25, '{"equity": 100}', '{"north_america": 100}', '{"healthcare": 100}'),
  ('SOLX', 'Solar and Wind Energy World Fund', 'fund', 18.35, null, null, null)
) as seed (symbol, name, kind, price, asset_classes, regions, sectors)
where exists (select from auth.users where email = 'ada@acme.test')
on conflict (symbol) do nothing;

insert into public.portfolio_preferences
  (user_id, birth_year, retirement_age, plan_until_age, annual_contribution, annual_income, target, currency)
select users.id, seed.birth_year, seed.retirement_age, 95, seed.contribution, seed.income, seed.target::jsonb, 'EUR'
from (values
  ('ada@acme.test', 1979, 65, 14400, 32000, '{"equity": 60, "bonds": 30, "real_estate": 5, "commodities": 5}'),
  ('bob@acme.test', 1992, 67, 6000, 24000, '{"equity": 80, "bonds": 20}')
) as seed (email, birth_year, retirement_age, contribution, income, target)
join auth.users on users.email = seed.email
on conflict (user_id) do nothing;

-- Only for those who have no account yet: what was imported since is not mixed with this.
with added as (
  insert into public.portfolio_accounts (user_id, name, cash)
  select users.id, seed.name, seed.cash
  from (values
    ('ada@acme.test', 'Broker depot', 8200.00),
    ('ada@acme.test', 'Company pension', 1350.00),
    ('ada@acme.test', 'Savings plan', 420.00),
    ('bob@acme.test', 'Depot', 1900.00)
  ) as seed (email, name, cash)
  join auth.users on users.email = seed.email
  where not exists (select from public.portfolio_accounts a where a.user_id = users.id)
  on conflict do nothing
  returning id, name
)
insert into public.portfolio_positions (account_id, symbol, quantity)
select added.id, seed.symbol, seed.quantity
from (values
  ('Broker depot', 'USTK', 310), ('Broker depot', 'BIOM', 140), ('Broker depot', 'EUDV', 260), ('Broker depot', 'SOLX', 900),
  ('Company pension', 'WRLD', 620), ('Company pension', 'GOVB', 330), ('Company pension', 'CORP', 180),
  ('Savings plan', 'WRLD', 95), ('Savings plan', 'EMKT', 150), ('Savings plan', 'REIT', 210), ('Savings plan', 'GLDP', 60),
  ('Depot', 'WRLD', 140), ('Depot', 'USTK', 22), ('Depot', 'GOVB', 45)
) as seed (account, symbol, quantity)
join added on added.name = seed.account;

insert into public.market_insights (title, body, source, published_on)
select seed.title, seed.body, 'Demo research desk', seed.published_on
from (values
  ('Equity valuations leave less room for error', 'Large technology companies carry most of what world equity indexes have gained, and prices stand well above their long average. Broad equity holdings remain the engine of a long plan, but whoever holds technology twice, in a world index and in a sector fund, bears one risk two times.', date '2026-10-05'),
  ('Bonds pay again', 'Government bonds of good quality yield more than expected inflation. For plans that end within ten years they dampen bad years of equity without giving up all return; long maturities still swing when rates move.', date '2026-09-21'),
  ('Cash loses quietly', 'Overnight rates have come down to about the rate of inflation. Half a year of spending in cash is a reserve; what lies there beyond it loses purchasing power against every other asset class over ten years.', date '2026-09-08'),
  ('Property after the turn in rates', 'Listed real estate has begun to recover as financing became cheaper. It moves with equity in bad months, so it spreads a portfolio less than its name suggests.', date '2026-08-30'),
  ('Gold as insurance', 'Gold brings no income and has had decades without a gain. In small shares it has helped in years when equity and bonds fell together.', date '2026-08-12'),
  ('Energy transition funds', 'Solar and wind energy funds depend on interest rates and subsidies. Their swings are about twice those of a world equity index; as a small satellite they do little harm.', date '2026-10-18'),
  ('Emerging markets', 'Emerging markets trade at a discount to the developed ones, with more risk of currency and politics. Five to ten percent is what world indexes give them.', date '2026-10-11')
) as seed (title, body, published_on)
where exists (select from auth.users where email = 'ada@acme.test')
  and not exists (select from public.market_insights m where m.title = seed.title);
