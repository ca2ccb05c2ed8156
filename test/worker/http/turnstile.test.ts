import { expect, it } from 'vitest'
import { createTurnstile } from '../../../worker/http/api/turnstile.ts'

it('a user may wait for so many answers at once, whatever others do', () => {
  const turnstile = createTurnstile(2)
  const leave = turnstile.enter('ada')
  turnstile.enter('ada')
  turnstile.enter('eve')
  expect(() => turnstile.enter('ada')).toThrow(/limit/)
  leave()
  turnstile.enter('ada')
  expect(() => turnstile.enter('ada')).toThrow(/limit/)
})
