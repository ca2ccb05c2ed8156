import type { Said, ScenarioDecision } from '../../../../shared/client/scenario-rows.ts'
import type { AgentTask } from '../../../../shared/task.ts'

/** Something in a conversation: a turn with what was decided in it, a message beside the turns, or a decision beside them. */
export type TalkEntry = { key: string; at: string } & (
  | { type: 'turn'; task: AgentTask; decisions: ScenarioDecision[] }
  | { type: 'said'; said: Said }
  | { type: 'decision'; decision: ScenarioDecision }
)

type Parts = {
  turns: readonly AgentTask[]
  said: readonly Said[]
  decisions: readonly ScenarioDecision[]
}

/** Lays a conversation out in order, whether it was typed, spoken or answered by a person. */
export function talkOf({ turns, said, decisions }: Parts): TalkEntry[] {
  const ids = new Set(turns.map(({ id }) => id))
  const isInTurn = ({ task_id }: { task_id: string | null }) => task_id !== null && ids.has(task_id)
  const entries: TalkEntry[] = [
    ...turns.map(task => ({
      key: task.id,
      at: task.created_at,
      type: 'turn' as const,
      task,
      decisions: decisions.filter(({ task_id }) => task_id === task.id),
    })),
    // What a turn said is in the turn.
    ...said
      .filter(({ task_id }) => task_id === null)
      .map(each => ({ key: `said ${each.seq}`, at: each.created_at, type: 'said' as const, said: each })),
    ...decisions
      .filter(decision => !isInTurn(decision))
      .map(decision => ({ key: decision.id, at: decision.created_at, type: 'decision' as const, decision })),
  ]
  // The order of those of one moment stays, which is that of their numbers.
  return entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
