import type { Scene } from '../scene.ts'
import { call, json, type Script, say } from '../script.ts'
import { chartsOf } from './portfolio-charts.ts'
import { numbersIn, projectionIn } from './portfolio-numbers.ts'
import { projectionText, reportText } from './portfolio-texts.ts'

// The kind `portfolio-analysis`: specialists side by side.
//
//   Tagger (only for unknown instruments) · Planner ─┬─▶ Reporter ──▶ get_market_insights ─▶ report ─┬─▶ finalize_job
//                                                    ├─▶ Charter ───▶ create_chart ×5 ───────────────┤
//                                                    └─▶ Retirement ─▶ projection in words ──────────┘

const SPECIALISTS = {
  invoke_reporter: { words: /report|text|written/i, focus: 'Write the report; look at concentration and drift.' },
  invoke_charter: {
    words: /chart|graph|pictur/i,
    focus: 'Show how the portfolio is spread, and its largest holdings.',
  },
  invoke_retirement: { words: /retire|pension|projection/i, focus: 'Say whether the plan holds, and what would help.' },
}

const planner: Script = {
  name: 'Planner',
  agent: /^You are the Portfolio Planner\b/,
  turn: scene => {
    const ended = scene.results('finalize_job').at(-1)
    if (ended)
      return say(ended.output.includes('"error"') ? `It is not complete: ${ended.output}` : 'The analysis is done.')
    const heard = Object.keys(SPECIALISTS).flatMap(name => scene.results(name))
    if (heard.length === 0) return calledFor(scene).map(([name, { focus }]) => call(name, { input: focus }))
    const told = heard.filter(({ tool }) => tool !== 'invoke_charter' || heard.length === 1)
    const verdicts = told.map(({ output }) => verdictIn(output)).filter(Boolean)
    const summary = verdicts.join(' ') || 'The specialists have done their parts.'
    const found = heard.flatMap(({ tool, output }) => HIGHLIGHTS[tool]?.(output) ?? [])
    const highlights = found.filter(each => !summary.includes(each)).slice(0, 8)
    return call('finalize_job', { summary, highlights })
  },
}

/** What stands out in the beginning of a specialist's text. */
const HIGHLIGHTS: Record<string, (output: string) => string[]> = {
  invoke_reporter: output => {
    const [, holding, share] = output.match(/\| \S+ ([^|]+) \| [\d,]+ \| ([\d.]+ %) \|/) ?? []
    const [, region, part] = output.match(/\*\*Regions\*\*: ([^\d]+) ([\d.]+ %)/) ?? []
    return [
      ...(holding ? [`The largest holding is ${holding}, at ${share} of everything.`] : []),
      ...(region ? [`${part} of the investments are in ${region}.`] : []),
    ]
  },
  invoke_charter: output => [firstSentence(output)],
  invoke_retirement: output => output.match(/You want .+? in nine cases of ten\./)?.slice(0, 1) ?? [],
}

const reporter: Script = {
  name: 'Reporter',
  agent: /^You are the Portfolio Reporter\b/,
  turn: scene => {
    const numbers = numbersIn(scene)
    const found = scene.results('get_market_insights')
    if (found.length > 0)
      return say(
        reportText(
          numbers,
          found.flatMap(({ output }) => insightsIn(output)),
        ),
      )
    const [largest = 'equity'] = Object.keys(numbers.assetClasses)
    const [sector = ''] = Object.keys(numbers.sectors)
    return call('get_market_insights', { query: `${largest} ${sector} outlook`.replaceAll('_', ' ') })
  },
}

const charter: Script = {
  name: 'Charter',
  agent: /^You are the Portfolio Charter\b/,
  turn: scene => {
    const drawn = scene.results('create_chart')
    if (drawn.length === 0) return chartsOf(numbersIn(scene)).map(chart => call('create_chart', chart))
    return say(`There are ${drawn.length} charts: ${drawn.map(({ args }) => args.title).join(', ')}.`)
  },
}

const retirement: Script = {
  name: 'Retirement',
  agent: /^You are the Retirement Specialist\b/,
  turn: scene => say(projectionText(projectionIn(scene))),
}

const tagger: Script = {
  name: 'Instrument Tagger',
  agent: /^You are the Instrument Tagger\b/,
  turn: scene => {
    const list = JSON.parse(scene.prompt.split('\n\n')[0] ?? '[]') as Instrument[]
    return json({ instruments: list.map(tagOf) })
  },
}

export const portfolioAnalysis: Script[] = [planner, reporter, charter, retirement, tagger]

/** Those that the wish names, or else all that are offered. */
function calledFor(scene: Scene) {
  const offered = Object.entries(SPECIALISTS).filter(([name]) => scene.offers(name))
  const wish = scene.prompt.match(/wish: (.*)/s)?.[1] ?? ''
  const named = /\bonly\b/i.test(wish) ? offered.filter(([, { words }]) => words.test(wish)) : []
  return named.length > 0 ? named : offered
}

/** The first paragraph that is no heading. */
function verdictIn(output: string): string {
  const text = output.replace(/^Stored\. It begins:\n/, '')
  return text.split('\n').find(line => line && !/^[#|>-]/.test(line)) ?? ''
}

function firstSentence(output: string): string {
  return verdictIn(output).match(/^.+?[.!?](?=\s|$)/)?.[0] ?? verdictIn(output)
}

type Insight = { title: string; text: string; source: string }

function insightsIn(output: string): Insight[] {
  return output.trim().startsWith('[') ? (JSON.parse(output) as Insight[]) : []
}

type Instrument = { symbol: string; name: string; kind: string; price: number | null }

/** Judged by name and kind alone, as good as a script can. */
function tagOf({ symbol, name, kind, price }: Instrument) {
  const [asset, sector] = natureOf(name, kind)
  const regions = /emerging|china|india|brazil/i.test(name)
    ? { emerging_markets: 100 }
    : /europe|euro\b|germany|uk\b/i.test(name)
      ? { europe: 100 }
      : /world|global|clean|energy/i.test(name)
        ? { north_america: 55, europe: 25, asia_pacific: 15, emerging_markets: 5 }
        : asset === 'commodities'
          ? { other: 100 }
          : { north_america: 100 }
  return {
    symbol,
    price: price === null ? 25 : null,
    assetClasses: { ...NO_ASSETS, [asset]: 100 },
    regions: { ...NO_REGIONS, ...regions },
    sectors: { ...NO_SECTORS, [sector]: 100 },
  }
}

function natureOf(name: string, kind: string): [string, string] {
  if (kind === 'bond' || /bond|treasur|gilt/i.test(name)) return ['bonds', 'government']
  if (kind === 'commodity' || /gold|silver|oil/i.test(name)) return ['commodities', 'other']
  if (/reit|real estate|property/i.test(name)) return ['real_estate', 'real_estate']
  if (/energy|solar|wind/i.test(name)) return ['equity', 'energy']
  if (/health|pharma|bio/i.test(name)) return ['equity', 'healthcare']
  return ['equity', 'technology']
}

const NO_ASSETS = { equity: 0, bonds: 0, cash: 0, real_estate: 0, commodities: 0, alternatives: 0 }
const NO_REGIONS = { north_america: 0, europe: 0, asia_pacific: 0, emerging_markets: 0, other: 0 }
const NO_SECTORS = {
  technology: 0,
  healthcare: 0,
  financials: 0,
  consumer: 0,
  industrials: 0,
  energy: 0,
  utilities: 0,
  materials: 0,
  communication: 0,
  real_estate: 0,
  government: 0,
  other: 0,
}
