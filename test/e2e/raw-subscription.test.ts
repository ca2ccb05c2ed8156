import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdTask } from '../shared/worker-by-hand.ts'
import { type SignedUp, type Stack, startStack } from '../support/stack.ts'

let stack: Stack
let ada: SignedUp

beforeAll(async () => {
  stack = await startStack()
  ada = await stack.signUp('ada@example.test')
})
afterAll(() => stack.stop())

test('the plain postgres_changes subscription of the integration guide hears each change of its row', async () => {
  const supabase = ada.client
  const { data: task } = await supabase
    .from('agent_task_requests')
    .insert({ request_payload: { prompt: 'Your question here' } })
    .select('id')
    .single()
    .throwOnError()
  const taskId = task.id
  const flowing = Promise.withResolvers<void>()
  const completed = Promise.withResolvers<{ answer?: string }>()
  const heard: string[] = []

  // From here to subscribe() as the guide has it.
  const channel = supabase
    .channel(`agent-task-${taskId}`)
    .on(
      'postgres_changes',
      {
        event: 'UPDATE',
        schema: 'public',
        table: 'agent_task_requests',
        filter: `id=eq.${taskId}`,
      },
      payload => {
        heard.push(payload.new.status)
        if (payload.new.status === 'completed') completed.resolve(payload.new.response_payload)
      },
    )
    .subscribe()
  // Changes flow from this message on, as on a hosted project; a page reads the row once more when it comes.
  channel.on('system', {}, ({ status }) => {
    if (status === 'ok') flowing.resolve()
  })

  await flowing.promise
  const held = await holdTask(stack, taskId)
  await held.settle('completed', { response: { answer: 'Heard.' } })
  expect(await completed.promise).toEqual({ answer: 'Heard.' })
  expect(heard).toEqual(['processing', 'completed'])
  await supabase.removeChannel(channel)
})
