import type postgres from 'postgres'
import { addUser } from '../../support/roles.ts'
import { only } from '../arrange.ts'

/** Instruments that everybody may hold: three that are classified, and one that is not. */
export async function addInstruments(sql: postgres.Sql): Promise<void> {
  await sql`insert into public.portfolio_instruments (symbol, name, kind, price, price_source, asset_classes, regions, sectors) values
    ('WRLD', 'World Stocks ETF', 'etf', 100, 'market', '{"equity": 100}',
      '{"north_america": 60, "europe": 25, "asia_pacific": 15}', '{"technology": 40, "financials": 30, "other": 30}'),
    ('BOND', 'Government Bonds ETF', 'etf', 50, 'market', '{"bonds": 100}', '{"europe": 100}', '{"government": 100}'),
    ('GOLD', 'Gold', 'commodity', 80, 'market', '{"commodities": 100}', '{"other": 100}', '{"other": 100}'),
    ('SUNX', 'Solar Energy World Fund', 'fund', 20, 'market', null, null, null)`
  await sql`insert into public.market_insights (title, body, source, published_on) values
    ('Equity outlook', 'Equity markets are dear and technology carries them.', 'House view', '2026-10-01'),
    ('Bond yields', 'Bonds pay more than inflation again.', 'House view', '2026-10-02')`
}

type Positions = Record<string, number>

type Options = { cash?: number; hasPlan?: boolean }

/** A user with accounts of these positions, and a plan for retirement unless told otherwise. */
export async function addInvestor(
  sql: postgres.Sql,
  email: string,
  accounts: Record<string, Positions>,
  options: Options = {},
): Promise<string> {
  const user = await addUser(sql, email)
  await addPortfolio(sql, user, accounts, options)
  return user
}

/** The same for a user who is there. */
export async function addPortfolio(
  sql: postgres.Sql,
  user: string,
  accounts: Record<string, Positions>,
  { cash = 0, hasPlan = true }: Options = {},
): Promise<void> {
  if (hasPlan) {
    await sql`insert into public.portfolio_preferences (user_id, birth_year, retirement_age, annual_contribution, annual_income, target)
      values (${user}, 1980, 67, 6000, 20000, '{"equity": 60, "bonds": 40}')`
  }
  for (const [name, positions] of Object.entries(accounts)) await addAccount(sql, { user, name, positions, cash })
}

type Account = { user: string; name: string; positions: Positions; cash: number }

async function addAccount(sql: postgres.Sql, { user, name, positions, cash }: Account): Promise<void> {
  const [account] =
    await sql`insert into public.portfolio_accounts (user_id, name, cash) values (${user}, ${name}, ${cash}) returning id`
  for (const [symbol, quantity] of Object.entries(positions)) {
    await sql`insert into public.portfolio_positions (account_id, symbol, quantity) values (${only(account).id}, ${symbol}, ${quantity})`
  }
}
