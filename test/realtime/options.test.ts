import { expect, test } from 'vitest'
import { settle } from '../../supabase/local/realtime/options.ts'

const keys = { databaseUrl: '', jwtSecret: '', anonKeys: [], serviceKeys: [] }

test('a number that cannot be meant is refused and shown', () => {
  expect(() => settle({ ...keys, pollMs: -1 })).toThrow('pollMs must be 0 or more, got -1')
  expect(() => settle({ ...keys, maxChannels: 0 })).toThrow('maxChannels must be more than 0, got 0')
  expect(() => settle({ ...keys, subscribeMs: Number.NaN })).toThrow('subscribeMs must be 0 or more, got NaN')
}, 1_000)
