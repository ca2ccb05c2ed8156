import { afterAll } from 'vitest'
import { type SignedUp, type Stack, startStack } from '../support/stack.ts'

/** A project of the test file's own with two people who have nothing to do with each other; ends with the file. */
export async function startWithPeople(): Promise<{ stack: Stack; ada: SignedUp; eve: SignedUp }> {
  const stack = await startStack()
  afterAll(() => stack.stop())
  return { stack, ada: await stack.signUp('ada@example.test'), eve: await stack.signUp('eve@example.test') }
}
