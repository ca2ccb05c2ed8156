import type { Scene } from './scene.ts'

/** What the model of one agent does. The first script whose `agent` is found in the instructions acts. */
export type Script = {
  /** For the log of calls. */
  name: string
  agent: RegExp
  /** One answer of the model. Only the scene may decide: replays, other processes and restarts must get the same. */
  turn: (scene: Scene) => Reply
}

type Part = { text: string } | { tool: string; args: object }

/** An answer of the model: text, tool calls, both, or the status that the provider fails with. */
export type Reply = Part | Part[] | Failure
export type Failure = { status: number; code?: string }

/** Says a text, which ends the turn unless it stands in a list with calls. */
export function say(text: string): Part {
  return { text }
}

/** Calls a tool; several in a list are parallel calls. */
export function call(tool: string, args: object): Part {
  return { tool, args }
}

/** Hands over to another agent, as the SDK names the tool for it. */
export function handoff(agent: string, args: object = {}): Part {
  return call(`transfer_to_${agent.replaceAll(' ', '_')}`, args)
}

/** The final output of an agent with a schema. */
export function json(output: object): Part {
  return say(JSON.stringify(output))
}

/** The provider refuses the call. */
export function fail(status: number, code?: string): Failure {
  return { status, ...(code && { code }) }
}
