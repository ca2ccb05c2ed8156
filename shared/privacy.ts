import type { z } from 'zod'
import type { Json } from './database.types.ts'
import type { privateThing } from './scenarios.ts'

// What can be told by its form alone. Names and addresses cannot.

/** A thing that can be removed from texts: `[email]` stands where one was. */
export type PrivateThing = z.output<typeof privateThing>

type Finder = (text: string) => string

// In this order: a URL may have an address in it, and an IBAN or card what looks like the number of a phone.
const FINDERS: Record<PrivateThing, Finder> = {
  url: text => text.replaceAll(/\b(?:https?:\/\/|www\.)[^\s<>"']+[^\s<>"'.,;:!?)\]}]/gi, '[url]'),
  // Begun only where such characters begin, so that a long text without any "@" is read once.
  email: text =>
    text.replaceAll(
      /(?<![\p{L}\p{N}_.+%'-])[\p{L}\p{N}_.+%'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}/gu,
      '[email]',
    ),
  iban: text =>
    besideIds(text, /(?<![A-Z0-9])[A-Z0-9]+(?:[ -][A-Z0-9]+)*(?![A-Z0-9])/gi, run => mask(run, '[iban]', 34, isIban)),
  card: text => besideIds(text, /(?<!\w)\d+(?:[ -]\d+)*(?!\w)/g, run => mask(run, '[card]', 19, isCard)),
  phone: text => text.replaceAll(PHONE, '[phone]'),
}

const PHONE =
  /(?<![\p{L}\p{N}_.,:/#-])(?:(?:\+|00)[1-9]\d{0,2}[ ./-]?(?:\(0?\d{1,5}\)[ ./-]?)?\d(?:[ ./-]?\d){4,12}|\(0?\d{2,5}\)[ ./-]?\d(?:[ ./-]?\d){4,9}|0[1-9]\d{1,4}[ ./-]?\d(?:[ ./-]?\d){4,9}|\d{3}[ .-]\d{3}[ .-]\d{4})(?![\p{L}\p{N}_-])/gu

const ORDER = Object.keys(FINDERS) as PrivateThing[]

/** Takes these things out of a text. Done twice it is as if done once. */
export function withoutPrivate(text: string, remove: readonly PrivateThing[]): string {
  return ORDER.filter(thing => remove.includes(thing)).reduce((left, thing) => FINDERS[thing](left), text)
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

const ID = /(\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)/i

/** One id in a thousand would pass for a bank's. */
function besideIds(text: string, pattern: RegExp, change: (found: string) => string): string {
  const parts = text.split(ID)
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replaceAll(pattern, change))).join('')
}

/**
 * Masks what is one in a run of groups, such as `4111 1111 1111 1111`, whatever groups stand before and after it. Of those
 * that begin at a place the longest counts.
 */
function mask(run: string, masked: string, longest: number, isOne: (plain: string) => boolean): string {
  const parts = run.split(/([ -])/)
  for (let from = 0; from < parts.length; from += 2) {
    const to = endOf(parts, from, longest, isOne)
    if (to !== undefined) parts.splice(from, to - from + 1, masked)
  }
  return parts.join('')
}

/** Where the longest one that begins there ends; groups stand at even places. */
function endOf(parts: string[], from: number, longest: number, isOne: (plain: string) => boolean): number | undefined {
  let plain = ''
  let end: number | undefined
  for (let to = from; to < parts.length && plain.length <= longest; to += 2) {
    plain += parts[to]
    if (plain.length <= longest && isOne(plain)) end = to
  }
  return end
}

/** The checksum of H. P. Luhn (1954). */
function isCard(plain: string): boolean {
  if (!/^[2-6]\d{12}/.test(plain)) return false
  const digits = [...plain].map(Number).reverse()
  const sum = digits.reduce((total, digit, place) => {
    const weighed = place % 2 === 1 ? digit * 2 : digit
    return total + (weighed > 9 ? weighed - 9 : weighed)
  }, 0)
  return sum % 10 === 0
}

/** ISO 13616: letters as numbers, the first four characters last, modulo 97. */
function isIban(plain: string): boolean {
  if (plain.length < 15 || !/^[A-Z]{2}\d{2}/i.test(plain)) return false
  const turned = `${plain.slice(4)}${plain.slice(0, 4)}`.toUpperCase()
  const digits = turned.replaceAll(/[A-Z]/g, letter => String(letter.charCodeAt(0) - 55))
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1
}
