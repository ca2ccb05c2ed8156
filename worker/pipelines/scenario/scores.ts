import type { AgentDefinition, PageContext, ScenarioDefinition } from '../../../shared/scenarios.ts'

/** What was said last, the latest last. */
export type Said = { role: 'user' | 'assistant'; text: string }[]

/** By page and words, from 0 to 1, for each agent of a scenario. */
export type Scores = Record<string, number>

const PAGE = 0.4
/** Of the first word of an agent in the latest message, and of each further one. */
const [FIRST_WORD, MORE_WORDS] = [0.6, 0.15]
/** An older message weighs half as much as the one after it. */
const FADING = 0.5
const HEARD = 4

/** From here on, and so far ahead of the others, code is sure. */
const [ENOUGH, AHEAD] = [0.5, 0.25]

/**
 * Scores agents by the user's page and by their words in what the user said last. What assistants said does not count: it
 * would speak for the one that is active.
 */
export function scoresOf({ agents }: ScenarioDefinition, page: PageContext, said: Said): Scores {
  const texts = said.filter(({ role }) => role === 'user').map(({ text }) => text)
  const latest = texts.slice(-HEARD).reverse()
  return Object.fromEntries(agents.map(agent => [agent.name, scoreOf(agent, page, latest)]))
}

/** The agent that code is sure of, if there is one. */
export function clearChoice(scores: Scores): string | undefined {
  const ranked = Object.entries(scores).sort(([, one], [, other]) => other - one)
  const [[best, score] = ['', 0], [, second] = ['', 0]] = ranked
  if (ranked.length === 1) return best
  return score >= ENOUGH && score - second >= AHEAD ? best : undefined
}

function scoreOf(agent: AgentDefinition, { path }: PageContext, latest: string[]): number {
  const onPage = path !== undefined && agent.pages.some(page => isWithin(path, page)) ? PAGE : 0
  const words = latest.map((text, age) => FADING ** age * weightOf(agent.intents, text))
  const total = words.reduce((sum, each) => sum + each, onPage)
  return Math.round(100 * Math.min(1, total)) / 100
}

function weightOf(intents: string[], text: string): number {
  const hits = intents.filter(intent => isIn(intent, text)).length
  return hits === 0 ? 0 : FIRST_WORD + MORE_WORDS * (hits - 1)
}

/** Whole words, however they are spaced and written. */
function isIn(intent: string, text: string): boolean {
  const words = intent
    .trim()
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\s+/g, '\\s+')
  return new RegExp(`(?<![\\p{L}\\p{N}])${words}(?:e?s)?(?![\\p{L}\\p{N}])`, 'iu').test(text)
}

/** As the database has it: `/orders` has `/orders/17` in it, but not `/orders-old`. */
function isWithin(path: string, page: string): boolean {
  return path === page || path.startsWith(`${page.replace(/\/+$/, '')}/`)
}
