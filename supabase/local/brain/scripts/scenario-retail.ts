import type { Scene } from '../scene.ts'
import { call, type Reply, type Script, say } from '../script.ts'
import { described, namedIn, ordersIn } from './orders.ts'
import { outcomeOf } from './refund-outcome.ts'
import { escalation, given, passOn, player, wishesIn } from './scenario-scene.ts'

// The scenario `retail`: who is first finds out what it is about, and each desk passes on what is the other's.
//
//   supervisor ⇄ sales ⇄ returns (refund_order may wait for a person)
//        ⇅
//   simulated_human

const TEAM = ['supervisor', 'sales', 'returns', 'simulated_human']
const TROUBLE =
  /\b(refund|return|money back|broken|broke|damaged?|defect(ive)?|faulty|late|wrong|missing|cracked|torn|never (came|arrived))/i
const ORDERS = /\b(orders?|buy|price|deliver\w*|stock|recommend|product|parcel|package|shipped)\b/i
const PRACTICE = /\b(practi[sc]e|role.?play|simulat\w+|train(ing)?|rehears\w+)\b/i
const OVER = /\b(over|stop|enough|end|feedback)\b/i
const WHICH_ONE = 'Which order is it about?'

const supervisor = player('retail', 'supervisor', scene => {
  const wish = scene.prompt
  return (
    escalation(scene) ??
    desk(scene, wish) ??
    policy(scene, wish) ??
    say('Welcome to the service desk. Is it about an order, about a return or refund, or would you like to practise?')
  )
})

const sales = player('retail', 'sales', scene => {
  const wish = scene.prompt
  const elsewhere = TROUBLE.test(wish) ? passOn(scene, TEAM, 'returns', 'Something is to be put right.') : undefined
  const refused = escalation(scene) ?? elsewhere ?? (PRACTICE.test(wish) ? back(scene) : undefined)
  if (refused) return refused
  if (scene.results('find_orders').length === 0) return call('find_orders', { status: null })
  const orders = ordersIn(scene)
  const named = namedIn(wish, orders)
  if (orders.length === 0) return say('I find no orders here. Is there anything else that you would like to know?')
  return say(`This is what I see:\n\n${(named.length > 0 ? named : orders).map(described).join('\n')}`)
})

const returns = player('retail', 'returns', scene => {
  const wish = scene.prompt
  const isNew = !TROUBLE.test(wish) && !askedWhichOne(scene)
  const elsewhere = isNew && ORDERS.test(wish) ? passOn(scene, TEAM, 'sales', 'It is about an order.') : undefined
  const first = escalation(scene) ?? elsewhere ?? (isNew && PRACTICE.test(wish) ? back(scene) : undefined)
  if (first) return first
  // Of one that had to be approved, what came of it at last.
  const latest = new Map(scene.results('refund_order').map(result => [result.args.order, result]))
  const outcomes = [...latest.values()].map(result => outcomeOf(result, ordersIn(scene)))
  if (outcomes.length > 0) return say(outcomes.join('\n\n'))
  const trouble = TROUBLE.test(wish) ? wish : (wishesIn(scene).findLast(said => TROUBLE.test(said)) ?? wish)
  if (scene.results('find_orders').length === 0) {
    return [call('find_orders', { status: null }), call('search_policy', { query: trouble.slice(0, 200) })]
  }
  return refunds(scene, wish, trouble)
})

const simulatedHuman = player('retail', 'simulated_human', scene => {
  const wish = scene.prompt
  if (OVER.test(wish) && wishesIn(scene).length > 0) {
    const feedback = 'Out of the role: you stayed calm and asked first what had happened. Name a date next time.'
    return [say(feedback), ...([back(scene) ?? []].flat() as { text: string }[])]
  }
  return say(LINES[wishesIn(scene).length % LINES.length] ?? '')
})

export const retail: Script[] = [supervisor, sales, returns, simulatedHuman]

const LINES = [
  'Good morning. My mug arrived this morning, and its handle is off. I am not amused.',
  'That is what they told me last time. What are you going to do about it, please?',
  'Well, that sounds better. And do I have to bring the pieces back?',
  'All right. When will I have my money, then?',
]

/** The desk that a wish belongs to. */
function desk(scene: Scene, wish: string): Reply | undefined {
  if (PRACTICE.test(wish)) return passOn(scene, TEAM, 'simulated_human', 'Somebody wants to practise.')
  if (/\bpolicy|rules?\b/i.test(wish)) return undefined
  if (TROUBLE.test(wish)) return passOn(scene, TEAM, 'returns', 'Something is to be put right.')
  return ORDERS.test(wish) ? passOn(scene, TEAM, 'sales', 'It is about an order.') : undefined
}

function policy(scene: Scene, wish: string): Reply | undefined {
  if (!/\b(policy|rules?|may i|can i|how long)\b/i.test(wish)) return undefined
  const found = scene.results('search_policy').at(-1)
  if (!found) return call('search_policy', { query: wish.slice(0, 200) })
  const [text] = given<{ title: string; text: string }[]>(found.output) ?? []
  return say(text ? `${text.title}: ${text.text}` : 'The policy does not mention this.')
}

function refunds(scene: Scene, wish: string, reason: string): Reply {
  const orders = ordersIn(scene)
  const named = namedIn(wish, orders)
  if (orders.length === 0) return say('I find no order here, so there is nothing to refund.')
  if (named.length === 0) return say(`${WHICH_ONE} I see these:\n\n${orders.map(described).join('\n')}`)
  return named.map(({ number, amount }) =>
    call('refund_order', { order: number, amount: Number(amount), reason: reason.slice(0, 200) }),
  )
}

function askedWhichOne({ said }: Scene): boolean {
  return said.answers.at(-1)?.startsWith(WHICH_ONE) ?? false
}

function back(scene: Scene): Reply | undefined {
  return passOn(scene, TEAM, 'supervisor', 'It is about something else.')
}
