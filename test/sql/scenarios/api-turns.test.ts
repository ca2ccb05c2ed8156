import type postgres from 'postgres'
import { beforeEach, describe, expect, test } from 'vitest'
import { addPeople, later, setScene, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const people = await addPeople(sql)

beforeEach(() => sql`delete from worker.api_buckets`)

const turn = async (
  values: { who?: string | null; bucket?: string | null; limit?: number | null; by?: postgres.Sql } = {},
) => {
  const { who, bucket, limit, by } = { who: people.owner, bucket: 'tool:x', limit: 2, by: worker, ...values }
  const [row] = await by`select worker.take_api_turn(${who}, ${bucket}, ${limit}) as seconds`
  return only(row).seconds
}

describe('take_api_turn', () => {
  test('gives as many as fit in a minute, and then says how long to wait', async () => {
    await later(worker, '0 seconds')
    expect([await turn(), await turn(), await turn()]).toEqual([0, 0, 30])
    await later(worker, '31 seconds')
    expect(await turn()).toBe(0)
    expect(await turn()).toBeGreaterThan(0)
  })

  test('does not save up more than a minute’s worth, nor is it set back by a clock that is behind', async () => {
    await later(worker, '10 minutes')
    expect([await turn(), await turn()]).toEqual([0, 0])
    await later(worker, '0 seconds')
    expect(await turn()).toBe(30)
    await later(worker, '30 minutes')
    expect([await turn(), await turn(), await turn()]).toEqual([0, 0, 30])
  })

  test('counts each user and each bucket for itself', async () => {
    const asked = [
      await turn({ limit: 1 }),
      await turn({ limit: 1, who: people.stranger }),
      await turn({ limit: 1, bucket: 'chat' }),
    ]
    expect(asked).toEqual([0, 0, 0])
    expect(await turn({ limit: 1 })).toBeGreaterThan(0)
  })

  test.each([0, 1])('gives the last turn to one of two instances that ask at once, after %i calls', async before => {
    const [one, two] = [await connect({ role: 'service_role' }), await connect({ role: 'service_role' })]
    const limit = before + 1
    if (before) await turn({ limit })
    await one`begin`
    expect(await turn({ limit, by: one })).toBe(0)
    const [second] = await whileWaiting(sql, turn({ limit, by: two }), () => one`commit`)
    expect(second).toBeGreaterThan(0)
  })

  test('follows a limit that was lowered', async () => {
    await later(worker, '0 seconds')
    await turn({ limit: 60 })
    expect([await turn({ limit: 1 }), await turn({ limit: 1 })]).toEqual([0, 60])
  })

  test.each([{ who: null }, { bucket: null }, { limit: 0 }, { limit: null }])('refuses %j', async values => {
    await expect(turn(values)).rejects.toMatchObject({ code: '22023' })
  })

  test.each(['', 'Tool', 'x'.repeat(81), 'a b'])('refuses the bucket %j', async bucket => {
    await expect(turn({ bucket })).rejects.toMatchObject({ code: '23514' })
  })
})
