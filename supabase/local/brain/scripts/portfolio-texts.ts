import { money, type Numbers, type Projection, spoken } from './portfolio-numbers.ts'

type Insight = { title: string; text: string; source: string }

/** The report in Markdown: what a good analyst would say of the same numbers. */
export function reportText(numbers: Numbers, insights: Insight[]): string {
  return [
    verdict(numbers),
    `## What you own\n\n${ownedTable(numbers)}`,
    `## How it is spread\n\n${spread(numbers)}`,
    `## Where the risk is\n\n${risk(numbers)}`,
    `## What the market view means for you\n\n${views(insights)}`,
    `## What to consider\n\n${steps(numbers)}`,
    '*This is an analysis of what is stored, not advice.*',
  ].join('\n\n')
}

function verdict({ total, currency, assetClasses, concentration, drift }: Numbers): string {
  const [[main = 'cash', share = 0] = []] = Object.entries(assetClasses)
  const off = drift?.[0]
  const shape = `You hold ${money(total)} ${currency}, and ${share} % of it is in ${spoken(main).toLowerCase()}.`
  if (off && Math.abs(off.points) >= 5) {
    return `${shape} ${off.name === main ? 'That' : spoken(off.name)} is ${Math.abs(off.points)} points ${off.points > 0 ? 'above' : 'below'} your target, which is worth correcting.`
  }
  if (concentration.largest > 25)
    return `${shape} One holding makes up ${concentration.largest} %, so much hangs on it.`
  return `${shape} It is well spread and close to what you set out to hold.`
}

function ownedTable({ holdings, holdingsLeftOut, cash, currency }: Numbers): string {
  const rows = holdings
    .slice(0, 8)
    .map(({ symbol, name, value, share }) => `| ${symbol} ${name} | ${money(value)} | ${share} % |`)
  const others = holdings.length - rows.length + holdingsLeftOut
  const more = others > 0 ? `\n\nAnd ${others} smaller holdings.` : ''
  return `| Holding | Value in ${currency} | Share |\n| --- | ---: | ---: |\n${rows.join('\n')}\n| Cash | ${money(cash)} | |${more}`
}

function spread({ assetClasses, regions, sectors, accounts }: Numbers): string {
  const where =
    accounts.length > 1 ? `\n- **Accounts**: ${accounts.map(({ name, share }) => `${name} ${share} %`).join(', ')}` : ''
  return `- **Asset classes**: ${listed(assetClasses)}\n- **Regions**: ${listed(regions)}\n- **Sectors**: ${listed(sectors)}${where}`
}

function listed(shares: Record<string, number>): string {
  const rows = Object.entries(shares).slice(0, 6)
  return rows.map(([name, share]) => `${spoken(name)} ${share} %`).join(', ') || 'nothing with a value'
}

function risk({ concentration, holdings, drift }: Numbers): string {
  const { largest, topFive, effectiveHoldings } = concentration
  const first = `The largest holding, ${holdings[0]?.symbol ?? 'none'}, is ${largest} % of everything, and the five largest together are ${topFive} %. Weighed by size, this is as concentrated as ${effectiveHoldings} equal holdings.`
  if (!drift) return first
  const rows = drift.map(
    ({ name, actual, target, points }) =>
      `| ${spoken(name)} | ${actual} % | ${target} % | ${points > 0 ? '+' : ''}${points} |`,
  )
  return `${first}\n\n| Asset class | Now | Target | Points |\n| --- | ---: | ---: | ---: |\n${rows.join('\n')}`
}

function views(insights: Insight[]): string {
  if (insights.length === 0) return 'No stored insight fits what you hold.'
  return insights.map(({ title, text, source }) => `- **${title}.** ${text} (${source})`).join('\n')
}

function steps({ drift, cash, total, currency, holdings }: Numbers): string {
  const moves = (drift ?? []).filter(({ points }) => Math.abs(points) >= 2).slice(0, 3)
  const corrected = moves.map(({ name, toMove }) =>
    toMove > 0
      ? `Add about ${money(toMove)} ${currency} to ${spoken(name).toLowerCase()}, from new savings first.`
      : `Take about ${money(-toMove)} ${currency} out of ${spoken(name).toLowerCase()}${name === 'cash' ? ' and put it to work' : ', where gains are taxed least'}.`,
  )
  const more = [
    ...holdings.filter(({ kind, share }) => kind === 'stock' && share > 10).map(heavy),
    ...(cash > total * 0.1
      ? [`Decide what the ${money(cash)} ${currency} in cash are for; beyond a reserve they lose to inflation.`]
      : []),
    'Look at this again in six months, or when your plans change.',
  ]
  return [...corrected, ...more].map((step, index) => `${index + 1}. ${step}`).join('\n')
}

function heavy({ symbol, share }: Numbers['holdings'][number]): string {
  return `Let no single company weigh more than a tenth: ${symbol} is at ${share} %.`
}

/** The projection in Markdown. */
export function projectionText({
  successRate,
  sustainableIncome,
  medianAgeOfRuin,
  plan,
  assumptions,
  balances,
}: Projection): string {
  const holds =
    successRate >= 85
      ? 'Your plan holds'
      : successRate >= 60
        ? 'Your plan is tight'
        : 'Your plan does not hold as it is'
  const gap = plan.income - sustainableIncome
  const ruin = medianAgeOfRuin === null ? '' : ` Where the money runs out, it does so at about ${medianAgeOfRuin}.`
  const rows = balances.map(({ age, p5, p50, p95 }) => `| ${age} | ${money(p5)} | ${money(p50)} | ${money(p95)} |`)
  const levers =
    gap > 0
      ? `You want ${money(plan.income)} a year; ${money(sustainableIncome)} would last in nine cases of ten. The gap of ${money(gap)} a year can be closed by saving more than the present ${money(plan.contribution)}, by working beyond ${plan.retirementAge}, by spending less at first, or by a mix that grows more and swings more.`
      : `You want ${money(plan.income)} a year, and even ${money(sustainableIncome)} would last in nine cases of ten. You could retire somewhat before ${plan.retirementAge}, spend more, or take less risk.`
  return [
    `${holds}: the money lasts until ${plan.untilAge} in ${successRate} of 100 simulated futures.${ruin}`,
    `## What the projection says\n\n| Age | Poor | Middle | Good |\n| ---: | ---: | ---: | ---: |\n${rows.join('\n')}`,
    `## What would change it\n\n${levers}`,
    `## What it rests on\n\nGrowth of ${assumptions.mean} % a year before ${assumptions.inflation} % inflation, give or take ${assumptions.volatility} %, over ${money(assumptions.paths)} simulated futures, all in today's money. Taxes and fees are not in it.`,
  ].join('\n\n')
}
