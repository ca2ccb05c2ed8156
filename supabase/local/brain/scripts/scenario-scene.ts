import type { Scene } from '../scene.ts'
import { call, handoff, type Reply, type Script } from '../script.ts'

/** Plays an agent of a scenario: told by what all their instructions begin with. */
export function player(scenario: string, agent: string, turn: Script['turn']): Script {
  const opening = new RegExp(`^You are ${agent}\\. You are one of the agents of the scenario "${scenario}"`)
  return { name: `${scenario}/${agent}`, agent: opening, turn }
}

/** What the user said before, the latest last. Where the user is comes as a message, too. */
export function wishesIn({ said }: Scene): string[] {
  return said.prompts.filter(prompt => !prompt.startsWith('<page>'))
}

const PERSON = /\b(human|real person|a person|manager|somebody real|someone real|complain\w*|lawyer)\b/i

/** Asks for a person if the user wants one; not twice, should that be refused. */
export function escalation(scene: Scene): Reply | undefined {
  const wish = scene.prompt
  if (!PERSON.test(wish) || !scene.offers('escalate_to_human') || scene.results('escalate_to_human').length > 0)
    return undefined
  return askPerson(wish)
}

/** Asks a person to take over. */
export function askPerson(why: string) {
  return call('escalate_to_human', { reason: `The user says: ${why}`.slice(0, 300) })
}

/**
 * Hands over, unless the turn has come from there: two who send a user to and fro would help nobody.
 * @param team all that one may hand over to
 */
export function passOn(scene: Scene, team: string[], to: string, reason: string): Reply | undefined {
  const moved = team.some(each => scene.results(`transfer_to_${each}`).length > 0)
  return !moved && scene.offers(`transfer_to_${to}`) ? handoff(to, { reason }) : undefined
}

/** What a tool has given, as JSON; undefined for an excuse. */
export function given<T>(output: string | undefined): T | undefined {
  try {
    const value = JSON.parse(output ?? '')
    return typeof value === 'object' && value !== null && !('error' in value) ? (value as T) : undefined
  } catch {
    return undefined
  }
}

/** Why a tool has not done what it was asked for. */
export function excuse(output: string): string {
  try {
    const { error, waits } = JSON.parse(output)
    const words = error?.message ?? error ?? waits
    return typeof words === 'string' ? words : output
  } catch {
    return output
  }
}
