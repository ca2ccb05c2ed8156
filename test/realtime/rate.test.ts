import { expect, test } from 'vitest'
import { makeRate } from '../../supabase/local/realtime/rate.ts'

test('the rate is an average over a minute, or over its life when that is shorter', () => {
  let now = 0
  const rate = makeRate(10, () => now)
  const count = (times: number) => {
    for (let n = 0; n < times; n++) rate.count()
  }
  count(10)
  expect(rate.isOver()).toBe(false)
  count(1)
  expect(rate.isOver()).toBe(true)
  now = 1_000
  expect(rate.isOver()).toBe(false)
  now = 59_000
  count(590)
  expect(rate.isOver()).toBe(true)
  now = 120_000
  expect(rate.isOver()).toBe(false)
}, 1_000)

test('without a limit nothing is ever over it', () => {
  const rate = makeRate(Number.POSITIVE_INFINITY)
  for (let n = 0; n < 1000; n++) rate.count()
  expect(rate.isOver()).toBe(false)
}, 1_000)
