import type { z } from 'zod'
import type { Json } from './database.types.ts'
import type { privateThing } from './scenarios.ts'

// What can be told by its form alone. Names and addresses cannot.

/** A thing that can be removed from texts: `[email]` stands where one was. */
export type PrivateThing = z.output<typeof privateThing>

type Finder = { pattern: RegExp; isOne?: (found: string) => boolean }

// In this order: a URL may have an address in it, and an IBAN or card what looks like the number of a phone.
const FINDERS: Record<PrivateThing, Finder> = {
  url: { pattern: /\b(?:https?:\/\/|www\.)[^\s<>"']+[^\s<>"'.,;:!?)\]}]/gi },
  email: { pattern: /[\p{L}\p{N}_.+%'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu },
  iban: { pattern: /(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![A-Z0-9])/gi, isOne: isIban },
  card: { pattern: /(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])/g, isOne: isCard },
  phone: {
    pattern:
      /(?<![\p{L}\p{N}_.,:/#-])(?:(?:\+|00)[1-9]\d{0,2}[ ./-]?(?:\(0?\d{1,5}\)[ ./-]?)?\d(?:[ ./-]?\d){4,12}|\(0?\d{2,5}\)[ ./-]?\d(?:[ ./-]?\d){4,9}|0[1-9]\d{1,4}[ ./-]?\d(?:[ ./-]?\d){4,9}|\d{3}[ .-]\d{3}[ .-]\d{4})(?![\p{L}\p{N}_-])/gu,
  },
}

const ORDER = Object.keys(FINDERS) as PrivateThing[]

/** Takes these things out of a text. Done twice it is as if done once. */
export function withoutPrivate(text: string, remove: readonly PrivateThing[]): string {
  return ORDER.filter(thing => remove.includes(thing)).reduce((left, thing) => {
    const { pattern, isOne } = FINDERS[thing]
    return left.replaceAll(pattern, found => (isOne && !isOne(found) ? found : `[${thing}]`))
  }, text)
}

/** The same for each text in a value, but for keys. */
export function withoutPrivateIn(value: Json, remove: readonly PrivateThing[]): Json {
  if (typeof value === 'string') return withoutPrivate(value, remove)
  if (Array.isArray(value)) return value.map(each => withoutPrivateIn(each, remove))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, each === undefined ? null : withoutPrivateIn(each, remove)]),
  )
}

/** The checksum of H. P. Luhn (1954). */
function isCard(found: string): boolean {
  const digits = [...found.replaceAll(/\D/g, '')].map(Number).reverse()
  const sum = digits.reduce((total, digit, place) => {
    const weighed = place % 2 === 1 ? digit * 2 : digit
    return total + (weighed > 9 ? weighed - 9 : weighed)
  }, 0)
  return sum % 10 === 0
}

/** ISO 13616: letters as numbers, the first four characters last, modulo 97. */
function isIban(found: string): boolean {
  const plain = found.replaceAll(/[ -]/g, '').toUpperCase()
  const turned = plain.slice(4) + plain.slice(0, 4)
  const digits = turned.replaceAll(/[A-Z]/g, letter => String(letter.charCodeAt(0) - 55))
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1
}
