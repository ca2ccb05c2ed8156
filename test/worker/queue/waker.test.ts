import { describe, expect, it } from 'vitest'
import { createWaker } from '../../../worker/queue/waker.ts'

const LONG = 3_600_000

describe('a sleep', () => {
  it('ends by itself', async () => {
    await createWaker().sleep(1)
  })

  it('is cut short by a wake', async () => {
    const waker = createWaker()
    const sleep = waker.sleep(LONG)
    waker.wake()
    await sleep
  })

  it('ends at once when the wake came before it', async () => {
    const waker = createWaker()
    waker.wake()
    await waker.sleep(LONG)
  })

  it('is not shortened by a wake that ended the one before', async () => {
    const waker = createWaker()
    waker.wake()
    waker.wake()
    await waker.sleep(LONG)
    let ended = false
    const second = waker.sleep(LONG).then(() => {
      ended = true
    })
    await new Promise(resolve => setImmediate(resolve))
    expect(ended).toBe(false)
    waker.wake()
    await second
  })
})
