import type { ScenarioDecision } from '../../../shared/client/scenario-rows.ts'

/** How something came into a conversation. */
export const sourceNames = { text: 'typed', voice: 'spoken', human: 'a person' } as const

/** Names of agents as readers know them. */
export type Titles = ReadonlyMap<string, string>

/** Who that is, for a reader. */
export function titleOf(agent: string | null, titles: Titles): string {
  return agent === null ? 'The agent' : (titles.get(agent) ?? agent)
}

/** What was decided on who answers: "Supervisor handed over to Returns". */
export function decisionWords({ source, from_agent, to_agent }: ScenarioDecision, titles: Titles): string {
  const [from, to] = [titleOf(from_agent, titles), titleOf(to_agent, titles)]
  switch (source) {
    case 'handoff':
      return `${from} handed over to ${to}`
    case 'orchestrator':
      return `${to} answers from here on`
    case 'user':
      return `You have chosen ${to}`
    case 'escalation':
      return `${from} has asked for a person`
  }
}

/** What a user said, without the page that agents are told of along with it. */
export function withoutPage(text: string): string {
  return text.replace(/\s*<page>\n[^<]*\n<\/page>$/, '')
}
