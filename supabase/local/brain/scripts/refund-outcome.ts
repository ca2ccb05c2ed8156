import type { Result } from '../scene.ts'
import { money, nameOf, type Order } from './orders.ts'
import { excuse } from './scenario-scene.ts'

/** What became of a refund, told by what its tool returned: the refund as JSON, or why there is none: as `{error}` by the tool, as text by people. */
export function outcomeOf({ args, output }: Result, orders: Order[]): string {
  const order = orders.find(({ number }) => number === args.order)
  const what = order ? `order **${nameOf(order)}** (${order.item})` : 'the order'
  const refund = refundIn(output)
  if (!refund) return refusal(excuse(output), what)
  const currency = refund.currency ?? order?.currency ?? ''
  const done = `I refunded **${money(refund.amount, currency).trim()}** for ${what}.`
  if (Number(refund.amount) === Number(args.amount)) return done
  return `${done} I had asked for ${money(Number(args.amount), currency).trim()}; the person who approved it changed that.`
}

function refundIn(output: string): { amount: number | string; currency?: string } | undefined {
  try {
    const value = JSON.parse(output)
    return value?.amount === undefined ? undefined : value
  } catch {
    return undefined
  }
}

function refusal(said: string, what: string): string {
  // What comes after a colon is a person's reason, in whatever words.
  const [verdict = '', ...reason] = said.split(/:\s*/)
  if (/have to approve/i.test(said))
    return `A person has to approve the refund for ${what} first. I tell you what they decide.`
  if (/expired|in time/i.test(verdict)) return `Nobody decided about ${what} in time, so nothing was refunded.`
  if (!/not approved|rejected|declined/i.test(verdict)) return `The refund for ${what} did not go through: ${said}`
  return `A person did not approve the refund for ${what}${reason.length > 0 ? `: ${reason.join(': ')}` : '.'}`
}
