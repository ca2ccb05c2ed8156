import type { ChatCompletionRequest, ChatMessage } from '@copilotkit/aimock'
import { idOf, type Session } from './session.ts'

type Content = { type: string; text?: string; transcript?: string | null; audio?: string | null }

/** What a conversation consists of: messages, calls of tools and what they gave. */
export type Item = {
  id: string
  object?: 'realtime.item'
  type: 'message' | 'function_call' | 'function_call_output'
  status?: 'in_progress' | 'completed' | 'incomplete'
  role?: 'user' | 'assistant' | 'system'
  content?: Content[]
  name?: string
  call_id?: string
  arguments?: string
  output?: string
}

/** The items of one call, in their order. */
export function createConversation() {
  const items: Item[] = []
  const indexOf = (id: string) => items.findIndex(item => item.id === id)
  return {
    find: (id: string) => items[indexOf(id)],
    /** Puts an item after another one, at the front (`root`), or at the end; tells after which. */
    add(given: Omit<Item, 'id'> & { id?: string }, after?: string | null): { item: Item; previous: string | null } {
      const item: Item = { object: 'realtime.item', status: 'completed', ...given, id: given.id ?? idOf('item') }
      const at = after === 'root' ? 0 : after ? indexOf(after) + 1 || items.length : items.length
      items.splice(at, 0, item)
      return { item, previous: items[at - 1]?.id ?? null }
    },
    remove(id: string): boolean {
      return indexOf(id) >= 0 && items.splice(indexOf(id), 1).length > 0
    },
    /** The conversation as the scripts know it. */
    requestOf: (session: Session) => requestOf(session, items),
  }
}

export type Conversation = ReturnType<typeof createConversation>

function requestOf({ model, instructions, tools }: Session, items: Item[]): ChatCompletionRequest {
  return {
    model,
    messages: [{ role: 'system', content: instructions }, ...items.map(messageOf)],
    tools: tools.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, ...(description && { description }), ...(parameters && { parameters }) },
    })),
  }
}

function messageOf(item: Item): ChatMessage {
  if (item.type === 'function_call_output') {
    return { role: 'tool', content: item.output ?? '', tool_call_id: item.call_id ?? '' }
  }
  if (item.type === 'function_call') {
    const call = { name: item.name ?? '', arguments: item.arguments ?? '' }
    return {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: item.call_id ?? '', type: 'function', function: call }],
    }
  }
  return { role: item.role ?? 'user', content: textOf(item) }
}

function textOf({ content }: Item): string {
  return content?.map(part => part.text ?? part.transcript ?? '').join('') ?? ''
}
