import type { Scene } from '../scene.ts'
import { call, handoff, type Script, say } from '../script.ts'
import { described, namedIn, ordersIn } from './orders.ts'
import { outcomeOf } from './refund-outcome.ts'

// The kind `order-desk`: three agents at work on one question.
//
//   Front Desk ─┬─▶ find_orders ────────────────┬─▶ handoff ─▶ Refunds ─▶ refund_order (waits for a person) ─▶ answer
//               └─▶ ask_policy ─▶ Policy (nested)┘

const TROUBLE =
  /\b(refund|return|money back|broken|broke|damaged?|defect(ive)?|faulty|late|wrong|missing|cracked|torn|never (came|arrived))/i
const WHICH_ONE = 'Which order is it about?'

const frontDesk: Script = {
  name: 'Front Desk',
  agent: /^You are the Front Desk\b/,
  turn: scene => {
    const found = scene.results('find_orders').at(-1)
    const lookUp = call('find_orders', { status: null })
    if (!isAboutTrouble(scene)) return found ? say(listed(scene)) : lookUp
    if (found) return handoff('Refunds')
    return [lookUp, call('ask_policy', { input: `What holds for this case: "${troubleIn(scene)}"?` })]
  },
}

const policy: Script = {
  name: 'Policy',
  agent: /^You are Policy\b/,
  turn: scene => {
    const found = scene.results('search_policy').at(-1)
    if (!found) return call('search_policy', { query: scene.prompt.match(/"(.+)"/s)?.[1] ?? scene.prompt })
    const sentences = proseIn(found.output).match(/[^.!?]+[.!?]+/g) ?? []
    return say(sentences.slice(0, 2).join('').trim() || 'The policy does not mention this. A person has to decide it.')
  },
}

const refunds: Script = {
  name: 'Refunds',
  agent: /^You are Refunds\b/,
  turn: scene => {
    const outcomes = scene.results('refund_order').map(result => outcomeOf(result, ordersIn(scene)))
    if (outcomes.length > 0) return say(outcomes.join('\n\n'))
    const named = namedIn(scene.prompt, ordersIn(scene))
    if (named.length === 0) return say(whichOne(scene))
    const reason = troubleIn(scene)
    return named.map(({ number, amount }) => call('refund_order', { order: number, amount: Number(amount), reason }))
  },
}

export const orderDesk: Script[] = [frontDesk, policy, refunds]

/** Also when the prompt only answers our question back: which one. */
function isAboutTrouble(scene: Scene): boolean {
  const isReply = wasAskedWhichOne(scene) && !/\b(where|when|status|never mind)\b/i.test(scene.prompt)
  return TROUBLE.test(scene.prompt) || isReply
}

/** What the customer complains of, in the own words. */
function troubleIn(scene: Scene): string {
  const told = TROUBLE.test(scene.prompt) || !wasAskedWhichOne(scene)
  return (told ? scene.prompt : (scene.said.prompts.at(-1) ?? scene.prompt)).slice(0, 200)
}

function wasAskedWhichOne({ said }: Scene): boolean {
  return said.answers.at(-1)?.startsWith(WHICH_ONE) ?? false
}

function whichOne(scene: Scene): string {
  const orders = ordersIn(scene)
  if (orders.length === 0) return 'I found no order of yours, so there is nothing to refund.'
  return `${WHICH_ONE} I see these:\n\n${orders.map(described).join('\n')}`
}

function listed(scene: Scene): string {
  const orders = ordersIn(scene)
  const named = namedIn(scene.prompt, orders)
  if (orders.length === 0) return 'I found no orders of yours.'
  return `Here is what I found:\n\n${(named.length > 0 ? named : orders).map(described).join('\n')}`
}

/** The running text of a tool's output: of JSON all that reads like a sentence. */
function proseIn(output: string): string {
  const texts: string[] = []
  try {
    JSON.parse(output, (_key, value) => {
      if (typeof value === 'string' && /[.!?]$/.test(value.trim())) texts.push(value.trim())
      return value
    })
  } catch {
    return output
  }
  return texts.join(' ')
}
