import type { ScenarioDecision } from '../../../../shared/client/scenario-rows.ts'
import type { Step } from '../../../../shared/deltas.ts'
import type { ToolCall } from '../../hooks/chat/calls-of.ts'
import type { TalkEntry } from '../../hooks/scenarios/talk-of.ts'
import { decisionWords, type Titles, titleOf } from '../../words/scenario-words.ts'
import { ChatTurn } from '../chat/chat-turn.tsx'
import { DecisionLine } from '../chat/decision-line.tsx'
import { SaidItem } from '../chat/said-item.tsx'

type Props = { talk: readonly TalkEntry[]; calls: ReadonlyMap<string, ToolCall[]>; titles: Titles; isPart: boolean }

const none: readonly ToolCall[] = []

/** A conversation with the agents of a scenario, whether typed, spoken or answered by a person. */
export function TalkList({ talk, calls, titles, isPart }: Props) {
  const lastTurn = talk.findLast(({ type }) => type === 'turn')
  return (
    <ol className="plain-list chat-turns" aria-label="Turns">
      {talk.map(entry => (
        <li key={entry.key}>
          {entry.type === 'said' && <SaidItem said={entry.said} titles={titles} />}
          {entry.type === 'decision' && <DecidedLine decision={entry.decision} titles={titles} />}
          {entry.type === 'turn' && (
            <ChatTurn
              task={entry.task}
              isLast={entry === lastTurn}
              calls={calls.get(entry.task.id) ?? none}
              titles={titles}
              isPart={isPart}
              more={steps => <Decided decisions={entry.decisions} steps={steps} titles={titles} />}
            />
          )}
        </li>
      ))}
    </ol>
  )
}

type DecidedProps = { decisions: readonly ScenarioDecision[]; steps: readonly Step[]; titles: Titles }

/** What was decided in a turn; handoffs are known by their steps before the decision on them is kept. */
function Decided({ decisions, steps, titles }: DecidedProps) {
  const isKept = ({ agent, name }: Step) =>
    decisions.some(({ from_agent, to_agent }) => from_agent === agent && to_agent === name)
  const news = steps.filter(step => step.kind === 'handoff' && !isKept(step))
  return (
    <>
      {decisions.filter(isOnAgents).map(decision => (
        <DecidedLine key={decision.id} decision={decision} titles={titles} />
      ))}
      {news.map(({ key, agent, name }) => (
        <DecisionLine key={key} text={`${titleOf(agent, titles)} handed over to ${titleOf(name, titles)}`} />
      ))}
    </>
  )
}

// That a person was asked for is seen by the tool call.
function isOnAgents({ source }: ScenarioDecision): boolean {
  return source !== 'escalation'
}

function DecidedLine({ decision, titles }: { decision: ScenarioDecision; titles: Titles }) {
  const isPerson = decision.source === 'escalation'
  // That an agent has asked for a person, or the user for an agent, is all there is to say.
  const reason = isPerson || decision.source === 'user' ? '' : decision.reason
  return <DecisionLine text={decisionWords(decision, titles)} reason={reason} isPerson={isPerson} />
}
