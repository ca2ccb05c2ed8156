import type { Scene } from '../scene.ts'
import { call, json, type Reply, type Script, say } from '../script.ts'
import { described, ordersIn } from './orders.ts'
import { clinic } from './scenario-clinic.ts'
import { projectWriter } from './scenario-projects.ts'
import { retail } from './scenario-retail.ts'
import { escalation, passOn } from './scenario-scene.ts'

/** The kind `scenario-orchestration`: the agent with most points, or the active one. */
const orchestrator: Script = {
  name: 'Orchestrator',
  agent: /^You are the Orchestrator\b/,
  turn: ({ prompt }) => {
    const agents = tagged<{ name: string; description: string; score: number }[]>(prompt, 'agents') ?? []
    const active = tagged<string>(prompt, 'active') ?? ''
    const said = (tagged<{ role: string; text: string }[]>(prompt, 'conversation') ?? []).filter(
      ({ role }) => role === 'user',
    )
    const words = wordsOf(said.at(-1)?.text ?? '')
    const points = agents.map(
      ({ name, description, score }) =>
        score + wordsOf(`${name} ${description}`).filter(word => words.includes(word)).length / 4,
    )
    const best = agents[points.indexOf(Math.max(...points))]
    const isClear = Math.max(0, ...points) > 0 && best !== undefined
    return json({
      agent: isClear ? best.name : active,
      confidence: isClear ? 0.7 : 0.3,
      reason: isClear ? 'What the user wants is what it is for.' : 'Nothing speaks for another agent.',
    })
  },
}

/** An agent that an admin has thought up: it shows what it has, by what it is offered. */
const anyone: Script = {
  name: 'Agent of a scenario',
  agent: /^You are [a-z][a-z0-9_]*\. You are one of the agents of the scenario "/,
  turn: scene => {
    const wish = scene.prompt
    const [, me = 'an agent', scenario = ''] = scene.instructions.match(/^You are (\w+)\..*?scenario "([^"]+)"/) ?? []
    return (
      escalation(scene) ??
      named(scene, wish) ??
      orders(scene, wish) ??
      say(
        `This is ${me} of ${scenario}. You said: "${wish.slice(0, 200)}". With a real model I would answer by my instructions.`,
      )
    )
  },
}

export const scenarios: Script[] = [...retail, ...clinic, ...projectWriter, orchestrator, anyone]

/** Whoever is asked for by name gets the turn. */
function named(scene: Scene, wish: string): Reply | undefined {
  const names = wish.toLowerCase().match(/[a-z][a-z0-9_]*/g) ?? []
  const to = names.find(name => scene.offers(`transfer_to_${name}`))
  return to ? passOn(scene, names, to, 'The user asks for it by name.') : undefined
}

function orders(scene: Scene, wish: string): Reply | undefined {
  if (!/\border/i.test(wish) || !scene.offers('find_orders')) return undefined
  if (scene.results('find_orders').length === 0) return call('find_orders', { status: null })
  return say(ordersIn(scene).map(described).join('\n') || 'I find no orders here.')
}

function tagged<T>(prompt: string, tag: string): T | undefined {
  const text = prompt.match(new RegExp(`<${tag}>\\n(.*)\\n</${tag}>`))?.[1]
  return text === undefined ? undefined : (JSON.parse(text) as T)
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}{4,}/gu) ?? []
}
