import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PrivateThing, withoutPrivate, withoutPrivateIn } from '../../shared/privacy.ts'

const ALL: PrivateThing[] = ['email', 'phone', 'card', 'iban', 'url']

describe('private things', () => {
  it.each([
    ['email', 'Mail ada.lovelace+work@acme.co.uk, please', 'Mail [email], please'],
    ['email', '<jürgen@bücher.de>', '<[email]>'],
    ['url', 'See https://acme.test/a?b=c@d.test.', 'See [url].'],
    ['url', '(www.acme.test/x)', '([url])'],
    ['card', 'Card 4111 1111 1111 1111!', 'Card [card]!'],
    ['card', '5500-0000-0000-0004', '[card]'],
    ['iban', 'IBAN DE89 3704 0044 0532 0130 00, thanks', 'IBAN [iban], thanks'],
    ['card', 'No 12: 4111 1111 1111 1111 12/27', 'No 12: [card] 12/27'],
    ['iban', 'Use IBAN DE89 3704 0044 0532 0130 00 by May 5', 'Use IBAN [iban] by May 5'],
    ['iban', 'gb29nwbk60161331926819', '[iban]'],
    ['phone', 'Call +49 (0)30 901820 now', 'Call [phone] now'],
    ['phone', 'or 0049 30 901820', 'or [phone]'],
    ['phone', '(030) 901-820', '[phone]'],
    ['phone', '555-123-4567', '[phone]'],
  ] satisfies [PrivateThing, string, string][])('as %s go from "%s"', (thing, text, expected) => {
    expect(withoutPrivate(text, [thing])).toBe(expected)
    expect(withoutPrivate(text, ALL)).toBe(expected)
    expect(
      withoutPrivate(
        text,
        ALL.filter(each => each !== thing && each !== 'phone'),
      ),
    ).not.toContain(`[${thing}]`)
  })

  it.each([
    'Order 1001 of 2026-11-21 for 649.00 EUR, paid at 14:30',
    'Task 0b9f1c52-7d1e-4a55-9a0b-3f3d0e1b2c4d at 2026-11-21T09:00:00.000Z',
    'Invoice 4111 1111 1111 1112, 01.02.2026, 0.123456789',
    'On 12/05/2026 we sold 1 000 000 pieces, IP 192.168.100.200',
    'version 10.20.30, DE00 1234 5678, @ada, a@b',
  ])('are not seen in "%s"', text => {
    expect(withoutPrivate(text, ALL)).toBe(text)
  })

  it('go once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const once = withoutPrivate(text, ALL)
        expect(withoutPrivate(once, ALL)).toBe(once)
      }),
    )
  })

  it('go wherever they stand', () => {
    const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`))
    const things = fc.oneof(
      fc.emailAddress().filter(mail => /^[a-z0-9.+-]+@/i.test(mail)),
      digits(14).map(rest => withCheckDigit(`4${rest}`)),
      digits(18).map(ibanOf),
      digits(7).map(rest => `+4930${rest}`),
    )
    const words = fc.array(fc.constantFrom('the', 'customer', 'wrote:', 'größe', '(see)', '–'), { minLength: 1 })
    fc.assert(
      fc.property(words, things, words, (before, thing, after) => {
        const text = [...before, thing, ...after].join(' ')
        expect(withoutPrivate(text, ALL)).not.toContain(thing)
        expect(withoutPrivate(text, [])).toBe(text)
      }),
    )
  })

  it('are not seen in ids', () => {
    fc.assert(
      fc.property(fc.uuid(), id => {
        expect(withoutPrivate(`The draft ${id} of 3`, ALL)).toBe(`The draft ${id} of 3`)
      }),
      { numRuns: 2_000 },
    )
  })

  it('go from each text within a value, and nothing else changes', () => {
    const value = { a: ['ada@acme.test', 1, null], 'b@c.de': { c: true, d: 'x' } }
    expect(withoutPrivateIn(value, ['email'])).toEqual({ a: ['[email]', 1, null], 'b@c.de': { c: true, d: 'x' } })
    fc.assert(
      fc.property(fc.jsonValue(), json => {
        expect(withoutPrivateIn(json as never, [])).toEqual(json)
      }),
    )
  })

  it('are looked for in long texts without much ado', () => {
    const before = performance.now()
    for (const piece of ['0 ', 'a.', '1-', '+1 (', 'www.', '@a', 'DE11 ']) withoutPrivate(piece.repeat(20_000), ALL)
    expect(performance.now() - before).toBeLessThan(5_000)
  })
})

function withCheckDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, each, place) => {
    const weighed = Number(each) * (place % 2 === 0 ? 2 : 1)
    return total + (weighed > 9 ? weighed - 9 : weighed)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

function ibanOf(account: string): string {
  const check = 98n - (BigInt(`${account}131400`) % 97n)
  return `DE${String(check).padStart(2, '0')}${account}`
}
