import type { Scene } from '../scene.ts'

export type Order = {
  number: string
  item: string
  amount: number | string
  currency: string
  status: string
}

/** The orders that the desk has looked up last, in this turn of the conversation or before. */
export function ordersIn(scene: Scene): Order[] {
  const output = [...scene.earlier('find_orders'), ...scene.results('find_orders')].at(-1)?.output ?? ''
  // What does not begin like a list is the tool's excuse.
  return output.trim().startsWith('[') ? (JSON.parse(output) as Order[]) : []
}

/** The orders that a prompt names by their numbers, or the one whose item fits best. */
export function namedIn(prompt: string, orders: Order[]): Order[] {
  const numbers = prompt.match(/\d{4,}|(?<=#)\d+/g)
  // A number of no order must not end in the refund of another one.
  if (numbers) return orders.filter(order => numbers.some(number => number === digitsOf(order)))
  const words = new Set(wordsOf(prompt))
  const scores = orders.map(order => wordsOf(order.item).filter(word => words.has(word)).length)
  const best = orders.filter((_, index) => scores[index] === Math.max(...scores))
  // A guess between two would refund the wrong one.
  return Math.max(...scores) > 0 && best.length === 1 ? best : []
}

export function described(order: Order): string {
  return `- **${nameOf(order)}** ${order.item}, ${money(order.amount, order.currency)}: ${order.status}`
}

/** The number as people write it. */
export function nameOf(order: Order): string {
  return `#${digitsOf(order)}`
}

export function money(amount: number | string, currency: string): string {
  return `${Number(amount).toFixed(2)} ${currency}`
}

function digitsOf({ number }: Order): string {
  return String(number).replace(/\D/g, '')
}

const SMALL_WORDS = new Set(['and', 'for', 'the', 'with'])

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/\p{L}{3,}/gu) ?? []
  return words.filter(word => !SMALL_WORDS.has(word))
}
