import { expect, test } from 'vitest'
import { gatherTools } from '../../../web/src/voice/gather-tools.ts'

/** A line whose model answers, and what was sent on it. */
function openLine() {
  const sent: string[] = []
  const transport = {
    sendFunctionCallOutput: ({ callId }: { callId: string }, _output: string, startResponse = true) => {
      sent.push(callId)
      if (startResponse) sent.push('answer')
    },
    requestResponse: () => sent.push('answer'),
  }
  const tools = gatherTools(transport as unknown as Parameters<typeof gatherTools>[0])
  return {
    sent,
    forget: tools.forget,
    begin: () => tools.follow({ type: 'response.created' }),
    call: (call_id: string) =>
      tools.follow({ type: 'response.output_item.done', item: { type: 'function_call', call_id } }),
    end: () => tools.follow({ type: 'response.done' }),
    give: (callId: string, startResponse = true) =>
      transport.sendFunctionCallOutput({ callId }, 'It is done.', startResponse),
  }
}

test('the model answers when the last of the tools that it called at once has given something', () => {
  const { sent, begin, call, end, give } = openLine()
  begin()
  call('a')
  call('b')
  end()
  give('b')
  expect(sent).toEqual(['b'])
  give('a')
  expect(sent).toEqual(['b', 'a', 'answer'])
})

test('a tool that is done before the next one is called waits for it', () => {
  const { sent, begin, call, end, give } = openLine()
  begin()
  call('a')
  give('a')
  call('b')
  end()
  expect(sent).toEqual(['a'])
  give('b')
  expect(sent).toEqual(['a', 'b', 'answer'])
})

test('a tool that is to be followed by no answer is followed by none', () => {
  const { sent, begin, call, end, give } = openLine()
  begin()
  call('a')
  end()
  give('a', false)
  expect(sent).toEqual(['a'])
})

test('after a turn of the user nothing is waited for any more', () => {
  const { sent, begin, call, end, give, forget } = openLine()
  begin()
  call('a')
  call('never')
  end()
  give('a')
  forget()
  begin()
  call('b')
  end()
  give('b')
  expect(sent).toEqual(['a', 'b', 'answer'])
})
