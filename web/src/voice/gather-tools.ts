import type { OpenAIRealtimeWebRTC, OpenAIRealtimeWebSocket } from '@openai/agents/realtime'
import { z } from 'zod'
import type { WireEvent } from './line.ts'

const called = z.object({ item: z.object({ type: z.literal('function_call'), call_id: z.string() }) })

/**
 * Has the model answer when all tools that it called at once have given something. The SDK would have it answer after each:
 * it would not know of the others yet, and call on, such as for a second refund.
 */
export function gatherTools(transport: OpenAIRealtimeWebRTC | OpenAIRealtimeWebSocket) {
  const open = new Set<string>()
  let isAnswering = false
  let isDue = false
  const goOn = () => {
    if (!isDue || isAnswering || open.size > 0) return
    isDue = false
    transport.requestResponse()
  }
  const give = transport.sendFunctionCallOutput.bind(transport)
  transport.sendFunctionCallOutput = (call, output, startResponse = true) => {
    give(call, output, false)
    open.delete(call.callId)
    isDue ||= startResponse
    goOn()
  }
  return {
    follow(event: WireEvent): void {
      if (event.type === 'response.created') isAnswering = true
      if (event.type === 'response.output_item.done') {
        const { data } = called.safeParse(event)
        if (data) open.add(data.item.call_id)
      }
      if (event.type !== 'response.done') return
      isAnswering = false
      goOn()
    },
    /** The user's turn: of what was called before nothing is waited for. */
    forget(): void {
      open.clear()
      isDue = false
    },
  }
}
