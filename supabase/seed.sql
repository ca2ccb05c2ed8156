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

-- People with positions and skills for the kind `course-generation`. In Acme, Bob manages Chidi and Dana; Mei has no gap.
insert into public.skills (enterprise_id, name)
select enterprises.id, skill
from public.enterprises cross join unnest(array['SQL and data modelling', 'Python for data analysis', 'Data visualisation',
  'TypeScript', 'Automated testing', 'Cloud infrastructure', 'Incident response', 'Application security', 'Project planning',
  'Stakeholder communication', 'Negotiation', 'Customer onboarding', 'Coaching and feedback', 'Product discovery']) skill
where enterprises.id in ('00000000-0000-4000-8000-00000000ac3e', '00000000-0000-4000-8000-0000000910be')
on conflict on constraint skill_name_is_unique do nothing;

-- What each position needs: {skill: [level, importance]}.
with seed (enterprise_id, title, department, level, needs) as (
  values
    ('00000000-0000-4000-8000-00000000ac3e'::uuid, 'Managing Director', 'Management', 'lead',
      '{"Negotiation": [4, 4], "Stakeholder communication": [5, 5], "Coaching and feedback": [4, 4], "Application security": [2, 3]}'::jsonb),
    ('00000000-0000-4000-8000-00000000ac3e', 'Engineering Manager', 'Engineering', 'lead',
      '{"Coaching and feedback": [5, 5], "Project planning": [4, 4], "Stakeholder communication": [4, 4], "Incident response": [4, 3], "Cloud infrastructure": [3, 3], "TypeScript": [3, 2]}'),
    ('00000000-0000-4000-8000-00000000ac3e', 'Backend Engineer', 'Engineering', 'mid',
      '{"TypeScript": [4, 5], "SQL and data modelling": [4, 5], "Automated testing": [4, 4], "Application security": [3, 4], "Cloud infrastructure": [3, 3], "Incident response": [3, 3]}'),
    ('00000000-0000-4000-8000-00000000ac3e', 'Frontend Engineer', 'Engineering', 'junior',
      '{"TypeScript": [3, 5], "Automated testing": [3, 4], "Data visualisation": [2, 2], "Application security": [2, 3], "Stakeholder communication": [2, 2]}'),
    ('00000000-0000-4000-8000-00000000ac3e', 'Platform Lead', 'Engineering', 'lead',
      '{"Cloud infrastructure": [5, 5], "Incident response": [5, 5], "Coaching and feedback": [4, 4], "Project planning": [4, 3], "Application security": [4, 4]}'),
    ('00000000-0000-4000-8000-00000000ac3e', 'Site Reliability Engineer', 'Engineering', 'senior',
      '{"Cloud infrastructure": [5, 5], "Incident response": [5, 5], "Automated testing": [3, 3], "Python for data analysis": [3, 2], "Application security": [4, 4]}'),
    ('00000000-0000-4000-8000-00000000ac3e', 'Security Engineer', 'Engineering', 'senior',
      '{"Application security": [5, 5], "Cloud infrastructure": [4, 4], "Incident response": [4, 5], "Stakeholder communication": [3, 3]}'),
    ('00000000-0000-4000-8000-00000000ac3e', 'Data Analyst', 'Product', 'junior',
      '{"SQL and data modelling": [3, 5], "Python for data analysis": [3, 4], "Data visualisation": [3, 4], "Stakeholder communication": [2, 3], "Product discovery": [1, 1]}'),
    ('00000000-0000-4000-8000-00000000ac3e', 'Product Manager', 'Product', 'senior',
      '{"Product discovery": [5, 5], "Stakeholder communication": [4, 5], "Project planning": [4, 3], "SQL and data modelling": [2, 2], "Data visualisation": [3, 3]}'),
    ('00000000-0000-4000-8000-00000000ac3e', 'Head of Sales', 'Sales', 'lead',
      '{"Negotiation": [5, 5], "Coaching and feedback": [4, 5], "Project planning": [3, 3], "Data visualisation": [2, 2]}'),
    ('00000000-0000-4000-8000-00000000ac3e', 'Account Executive', 'Sales', 'mid',
      '{"Negotiation": [4, 5], "Stakeholder communication": [4, 4], "Customer onboarding": [3, 3], "Product discovery": [2, 2]}'),
    ('00000000-0000-4000-8000-00000000ac3e', 'Customer Success Manager', 'Customer Success', 'mid',
      '{"Customer onboarding": [5, 5], "Stakeholder communication": [4, 4], "Project planning": [3, 4], "Data visualisation": [2, 2], "Negotiation": [3, 3]}'),
    ('00000000-0000-4000-8000-0000000910be', 'Logistics Analyst', 'Operations', 'mid',
      '{"SQL and data modelling": [4, 5], "Data visualisation": [3, 4], "Python for data analysis": [3, 3]}'),
    ('00000000-0000-4000-8000-0000000910be', 'Operations Manager', 'Operations', 'lead',
      '{"Project planning": [5, 5], "Coaching and feedback": [4, 4], "Negotiation": [4, 4]}')
), added as (
  insert into public.positions (enterprise_id, title, department, level)
  select seed.enterprise_id, title, department, level from seed
  join public.enterprises on enterprises.id = seed.enterprise_id
  on conflict on constraint position_is_unique do nothing
  returning id, enterprise_id, title
)
insert into public.position_skills (enterprise_id, position_id, skill_id, required_level, importance)
select added.enterprise_id, added.id, skills.id, (need.value ->> 0)::smallint, (need.value ->> 1)::smallint
from seed join added using (enterprise_id, title) cross join jsonb_each(seed.needs) need (skill, value)
join public.skills on skills.enterprise_id = added.enterprise_id and skills.name = need.skill;

-- The number is the end of the employee's id. A skill that is not named has level 0.
with seed (number, manager, title, full_name, email, joined_on, learning_style, hours, background, goals, notes, levels) as (
  values
    (1, null::integer, 'Managing Director', 'Ada Brandt', 'ada@acme.test', date '2014-03-01', 'discussion', 1.5,
      'Founded Acme with two friends after eight years in furniture retail. Negotiates with suppliers herself.',
      'Wants to judge security risks well enough to decide on budgets.', '',
      '{"Negotiation": 5, "Stakeholder communication": 5, "Coaching and feedback": 4, "Application security": 1, "Customer onboarding": 3}'::jsonb),
    (2, 1, 'Engineering Manager', 'Bob Hansen', 'bob@acme.test', '2019-08-15', 'discussion', 3,
      'Wrote most of the first web shop; has led the web team since 2023 and still reviews code every day.',
      'Wants to give feedback that people act on, and to leave debugging to others during incidents.',
      'Has his one-to-ones on Thursdays: exercises between two of them work well.',
      '{"TypeScript": 5, "Automated testing": 4, "Cloud infrastructure": 3, "Coaching and feedback": 2, "Project planning": 2, "Stakeholder communication": 3, "Incident response": 3}'),
    (3, 2, 'Backend Engineer', 'Chidi Okoye', null, '2022-05-02', 'hands-on', 4,
      'Came from a payment company, where he kept a large PHP system running. Learns a new language every other year.',
      'Wants to own the order service within a year.', 'Works from Lagos for two months each winter, with slow internet: texts rather than videos.',
      '{"TypeScript": 3, "SQL and data modelling": 2, "Automated testing": 3, "Application security": 1, "Cloud infrastructure": 2, "Incident response": 3}'),
    (4, 2, 'Frontend Engineer', 'Dana Kowalski', null, '2025-09-01', 'hands-on', 6,
      'Changed from graphic design after a year of evening classes. Strong in layout and accessibility.',
      'Wants to merge changes without somebody at her side.', '',
      '{"TypeScript": 1, "Stakeholder communication": 3, "Data visualisation": 1}'),
    (5, 1, 'Platform Lead', 'Elif Yılmaz', null, '2018-01-15', 'reading', 2,
      'Built the platform from a single server to three regions. Has led two people since spring.',
      'Wants to grow from the best engineer of the team into its lead.', 'Reads on the train, forty minutes each way.',
      '{"Cloud infrastructure": 5, "Incident response": 5, "Coaching and feedback": 1, "Project planning": 3, "Application security": 3}'),
    (6, 5, 'Site Reliability Engineer', 'Farid Haddad', null, '2021-11-01', 'mixed', 3,
      'Administrator of networks for ten years. On call every third week.',
      'Wants fewer nights interrupted, and to automate what he now does by hand.', 'Not in the weeks on call.',
      '{"Cloud infrastructure": 4, "Incident response": 4, "Automated testing": 1, "Application security": 2}'),
    (7, 11, 'Data Analyst', 'Grace Lin', null, '2026-02-01', 'hands-on', 5,
      'Degree in economics; knows spreadsheets inside out and has taken one course in statistics with R.',
      'Wants to answer the weekly questions of sales on her own.', '',
      '{"SQL and data modelling": 1, "Data visualisation": 2, "Stakeholder communication": 2, "Product discovery": 1}'),
    (8, 10, 'Customer Success Manager', 'Ines Duarte', null, '2020-06-08', 'discussion', 2.5,
      'Trained hotel receptionist, later head of a support team of six.',
      'Wants new customers to succeed in their first month without calls in the evening.', '',
      '{"Customer onboarding": 4, "Stakeholder communication": 4, "Project planning": 1, "Negotiation": 2}'),
    (9, 10, 'Account Executive', 'Jakub Novák', null, '2024-04-15', 'discussion', 2,
      'Sold office equipment in the field for five years.',
      'Wants to hold prices in talks with large customers.', 'Asked twice for role plays instead of slides.',
      '{"Negotiation": 2, "Stakeholder communication": 3, "Customer onboarding": 1, "Product discovery": 2}'),
    (10, 1, 'Head of Sales', 'Karim Benali', null, '2017-10-01', 'reading', 1,
      'Opened the market in France and built the sales team.',
      'Wants to hand over the largest accounts.', '',
      '{"Negotiation": 5, "Coaching and feedback": 3, "Project planning": 3, "Data visualisation": 1}'),
    (11, 1, 'Product Manager', 'Leona Fischer', null, '2021-03-01', 'reading', 3,
      'Was a developer for four years, then a consultant.',
      'Wants decisions to rest on what customers do rather than on what they say.', '',
      '{"Product discovery": 3, "Stakeholder communication": 4, "Project planning": 4, "SQL and data modelling": 1, "Data visualisation": 1}'),
    (12, 5, 'Security Engineer', 'Mei Tanaka', null, '2019-02-11', 'reading', 4,
      'Tested banks for weaknesses before she came to Acme.', 'Wants to speak at a conference.', '',
      '{"Application security": 5, "Cloud infrastructure": 4, "Incident response": 5, "Stakeholder communication": 3, "Python for data analysis": 3}'),
    (21, null, 'Operations Manager', 'Nils Aker', null, '2016-05-01', 'discussion', 2,
      'Ran a warehouse of two hundred people.', 'Wants projects to end when they were promised.', '',
      '{"Project planning": 3, "Coaching and feedback": 2, "Negotiation": 4}'),
    (22, 21, 'Logistics Analyst', 'Olga Petrova', null, '2023-09-18', 'hands-on', 4,
      'Mathematician; plans routes with spreadsheets.', 'Wants to plan from live data.', '',
      '{"SQL and data modelling": 2, "Data visualisation": 1, "Python for data analysis": 2}')
), added as (
  insert into public.employees (id, enterprise_id, position_id, manager_id, user_id, full_name, joined_on)
  select ('00000000-0000-4000-8000-0000e0000' || lpad(number::text, 3, '0'))::uuid, p.enterprise_id, p.id,
    ('00000000-0000-4000-8000-0000e0000' || lpad(manager::text, 3, '0'))::uuid, users.id, full_name, joined_on
  from seed join public.positions p on p.title = seed.title
    and p.enterprise_id = case when number < 20 then '00000000-0000-4000-8000-00000000ac3e'::uuid
      else '00000000-0000-4000-8000-0000000910be' end
  left join auth.users on users.email = seed.email
  order by number
  on conflict (id) do nothing
  returning id, enterprise_id, full_name
), profiles as (
  insert into public.employee_profiles (employee_id, background, goals, learning_style, hours_per_week, notes)
  select added.id, background, goals, learning_style, hours, notes from seed join added using (full_name)
)
insert into public.employee_skills (employee_id, skill_id, level)
select added.id, skills.id, own.level::smallint
from seed join added using (full_name) cross join jsonb_each_text(seed.levels) own (skill, level)
join public.skills on skills.enterprise_id = added.enterprise_id and skills.name = own.skill;

-- Todos for the kind `todo-chat`. Only for those who have none.
insert into public.todos (user_id, title, description, due_on, priority, is_completed)
select users.id, seed.title, seed.description, current_date + seed.days, seed.priority, seed.is_completed
from (values
  ('ada@acme.test', 'Book the train to Lyon', 'Return on Sunday, window seat.', 3, 'high', false),
  ('ada@acme.test', 'Water the plants', null, 1, 'normal', false),
  ('ada@acme.test', 'Read the quarterly report', null, null, 'low', false),
  ('ada@acme.test', 'Send the invoice to Globex', null, null, 'normal', true),
  ('bob@acme.test', 'Renew the passport', 'The office needs a photo.', 30, 'normal', false)
) as seed (email, title, description, days, priority, is_completed)
join auth.users on users.email = seed.email
where not exists (select from public.todos t where t.user_id = users.id);

-- Appointments for the scenario `clinic`: of the next 14 days, but for weekends. Running this again adds those of new days.
insert into public.clinic_slots (kind, clinician, starts_at, minutes)
select seed.kind, seed.clinician, day + seed.at, seed.minutes
from (values
  ('checkup', 'Dr. Amara Diallo', time '08:30', 30), ('checkup', 'Dr. Amara Diallo', '10:00', 30),
  ('consultation', 'Dr. Henrik Voss', '09:00', 20), ('consultation', 'Dr. Henrik Voss', '14:20', 20),
  ('vaccination', 'Sofia Marino', '11:00', 10), ('vaccination', 'Sofia Marino', '11:10', 10),
  ('physiotherapy', 'Kwame Mensah', '13:00', 45), ('physiotherapy', 'Kwame Mensah', '16:00', 45)
) as seed (kind, clinician, at, minutes)
cross join generate_series(date_trunc('day', now()) + interval '1 day', date_trunc('day', now()) + interval '14 days', interval '1 day') day
where extract(isodow from day) < 6 and exists (select from auth.users where email = 'ada@acme.test')
on conflict on constraint clinician_is_at_one_place do nothing;
