import { describe, expect, it } from 'vitest'
import { faultOf, TaskError } from '../../worker/errors.ts'

describe('a fault', () => {
  it('says of a known error what it says itself, and nothing of its cause', () => {
    const error = new TaskError('provider_auth', 'Check the key.', { cause: new Error('sk-123 is wrong') })
    expect(faultOf(error)).toEqual({ code: 'provider_auth', message: 'Check the key.', retryable: false })
  })

  it('says of a passing error that it may be tried again', () => {
    expect(faultOf(new TaskError('rate_limited', 'Later.', { retry: true }))).toMatchObject({ retryable: true })
  })

  it.each([new Error('secret'), 'secret', undefined])('says nothing of an error that no one foresaw: %s', error => {
    expect(faultOf(error)).toMatchObject({ code: 'internal', retryable: true })
    expect(JSON.stringify(faultOf(error))).not.toContain('secret')
  })
})
