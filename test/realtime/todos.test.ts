import { afterAll, expect, test } from 'vitest'
import { startStack } from '../support/stack.ts'
import { watch } from './watch.ts'

const stack = await startStack()
afterAll(() => stack.stop())

test('todos are heard by their user in each browser, and by others only that an id is gone', async () => {
  const [ada, eve] = [await stack.signUp('ada@acme.test'), await stack.signUp('eve@globex.test')]
  const second = stack.anonClient()
  await second.auth.signInWithPassword(ada)
  const [hers, secondOfHers, foreign] = [
    await watch(ada.client, { table: 'todos' }),
    await watch(second, { table: 'todos' }),
    await watch(eve.client, { table: 'todos' }),
  ]
  const { data } = await ada.client.from('todos').insert({ title: 'Milk' }).select('id').single().throwOnError()
  const both = [hers.changes, secondOfHers.changes]
  for (const changes of both) {
    expect(await changes.next()).toMatchObject({ eventType: 'INSERT', new: { title: 'Milk', is_completed: false } })
  }
  await ada.client.from('todos').update({ is_completed: true }).eq('id', data.id)
  for (const changes of both) {
    expect(await changes.next()).toMatchObject({ eventType: 'UPDATE', new: { is_completed: true } })
  }
  await ada.client.from('todos').delete().eq('id', data.id)
  // Row-level security cannot judge a row that is gone, so all hear of that, and of no more than the id.
  for (const changes of [...both, foreign.changes]) {
    const { eventType, old } = await changes.next()
    expect({ eventType, old }).toEqual({ eventType: 'DELETE', old: { id: data.id } })
  }
  expect(foreign.changes.rest()).toEqual([])
})
