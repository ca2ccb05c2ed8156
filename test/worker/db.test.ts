import { describe, expect, it, vi } from 'vitest'
import { DatabaseError, insist, storable } from '../../worker/db.ts'

describe('insist', () => {
  const outage = new DatabaseError('The database cannot be reached.', undefined, undefined)

  it('repeats a call until the database is back', async () => {
    const onFailure = vi.fn()
    let calls = 0
    const call = async () => {
      if (++calls < 3) throw outage
      return 'done'
    }
    expect(await insist(call, { giveUp: () => false, onFailure })).toBe('done')
    expect(onFailure.mock.calls).toEqual([[outage], [outage]])
  })

  it('throws the last failure once it is told to give up', async () => {
    const call = vi.fn().mockRejectedValue(outage)
    const giveUp = () => call.mock.calls.length === 2
    await expect(insist(call, { giveUp, onFailure: () => undefined })).rejects.toBe(outage)
    expect(call).toHaveBeenCalledTimes(2)
  })

  it.each(['08006', '40P01', '53300', '55P03', '57P01', '57014', '58030'])('repeats after %s', async code => {
    let calls = 0
    const call = async () => {
      if (++calls === 1) throw new DatabaseError('Not now.', code, undefined)
      return 'done'
    }
    expect(await insist(call, { giveUp: () => false, onFailure: () => undefined })).toBe('done')
  })

  it.each(['22P05', '23514', '42501', '42883', '54001', '21000', 'P0001', '0A000', 'AT001', 'PGRST202', 'PGRST102'])(
    'throws at once what no repetition helps: %s',
    async code => {
      await throwsAtOnce(new DatabaseError('Refused.', code, undefined))
    },
  )

  it.each([new RangeError('Maximum call stack size exceeded'), new TypeError('Do not know how to serialize a BigInt')])(
    'throws an error of our own at once: %s',
    throwsAtOnce,
  )
})

async function throwsAtOnce(error: Error): Promise<void> {
  const call = vi.fn().mockRejectedValue(error)
  // A second call would mean that it was not at once; the test does not wait for a third.
  const giveUp = () => call.mock.calls.length > 1
  await expect(insist(call, { giveUp, onFailure: () => undefined })).rejects.toBe(error)
  expect(call).toHaveBeenCalledTimes(1)
}

describe('storable', () => {
  it('drops null bytes and halves of surrogate pairs, and nothing else', () => {
    const whole = { text: 'ä €\n😀', list: [1, null, true, { deep: 'x' }], nothing: null }
    expect(storable({ ...whole, nul: 'a\0b', half: 'a\ud83db', other: '\ude00' })).toEqual({
      ...whole,
      nul: 'ab',
      half: 'a\ufffdb',
      other: '\ufffd',
    })
  })

  it('does so in keys too', () => {
    expect(storable({ list: [{ 'a\0b': 1, 'c\ud83d': 2 }] })).toEqual({ list: [{ ab: 1, 'c\ufffd': 2 }] })
  })

  it('keeps a key that JavaScript gives a meaning', () => {
    const value = JSON.parse('{"__proto__": {"a": "b\\u0000"}}')
    expect(JSON.stringify(storable(value))).toBe('{"__proto__":{"a":"b"}}')
  })

  it('copies, so that the original may change', () => {
    const original = { list: ['a'] }
    const copy = storable(original)
    original.list.push('b')
    expect(copy).toEqual({ list: ['a'] })
  })
})
