import { counted } from './number-words.ts'

const exact = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' })
const fine = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumSignificantDigits: 2 })

/** An amount in US dollars, small ones to two digits that count: "$12.30", "$0.0042". */
export function money(dollars: number): string {
  return dollars > 0 && dollars < 0.1 ? fine.format(dollars) : exact.format(dollars)
}

/** What model calls cost: "$0.0042", "at least $0.0042: no price is known for 2 calls", "price not known". */
export function costOf({ calls, cost, unpriced }: { calls: number; cost: number; unpriced: number }): string {
  if (unpriced === 0) return money(cost)
  if (unpriced === calls) return 'price not known'
  return `at least ${money(cost)} (no price is known for ${counted(unpriced, 'call')})`
}

/** "1 token", "1,204 tokens". */
export function tokens(number: number): string {
  return counted(number, 'token')
}
