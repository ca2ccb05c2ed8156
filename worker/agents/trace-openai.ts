import type { Piece, TraceSink } from './trace-queue.ts'

type Words = Record<string, unknown>

const ENDPOINT = 'https://api.openai.com/v1/traces/ingest'
/** Each field of more than this is left out. */
const MOST_CHARACTERS = 32_000

/** What may leave of a span without TRACE_CONTENT, by its type. What is not named here does not leave. */
const WITHOUT_CONTENT: Record<string, string[]> = {
  agent: ['name', 'handoffs', 'tools', 'output_type'],
  function: ['name', 'mcp_data'],
  generation: ['model', 'usage'],
  response: ['response_id'],
  handoff: ['from_agent', 'to_agent'],
  guardrail: ['name', 'triggered'],
  mcp_tools: ['server', 'result'],
  custom: ['name'],
}

/** OpenAI's dashboard of traces. */
export function openaiTraces(options: { key: string; content: boolean; endpoint?: string }): TraceSink<object> {
  const headers = {
    authorization: `Bearer ${options.key}`,
    'content-type': 'application/json',
    'openai-beta': 'traces=v1',
  }
  return {
    name: 'openai',
    pack: piece => pack(piece, options.content),
    send: async (data, signal) => {
      const body = JSON.stringify({ data })
      const response = await fetch(options.endpoint ?? ENDPOINT, { method: 'POST', headers, body, signal })
      await response.body?.cancel()
      if (response.ok) return
      const { status } = response
      const isFinal = status < 500 && ![408, 409, 429].includes(status)
      throw Object.assign(new Error(`OpenAI answered ${status}.`), isFinal && { code: status })
    },
  }
}

function pack(piece: Piece, content: boolean): object | null {
  const json = piece.toJSON() as Words | null
  if (json === null || piece.type === 'trace') return json
  const { error } = json as { error: { message: string; data?: object } | null }
  return {
    ...json,
    span_data: dataOf(json.span_data as Words, content),
    error: error && !content ? { message: 'It failed.' } : error,
  }
}

function dataOf(data: Words, content: boolean): Words {
  const type = String(data.type)
  const isStep = type === 'custom' && (data.data as Words | undefined)?.sdk_span_type !== undefined
  const allowed = content || isStep ? Object.keys(data) : (WITHOUT_CONTENT[type] ?? [])
  const kept = allowed.filter(name => name in data && JSON.stringify(data[name] ?? null).length <= MOST_CHARACTERS)
  return {
    // The endpoint wants these of functions, and no other numbers than these of generations.
    ...(type === 'function' && { input: '', output: '' }),
    ...Object.fromEntries(kept.map(name => [name, data[name]])),
    ...(type === 'generation' && kept.includes('usage') && { usage: tokensOf(data.usage) }),
    type,
  }
}

function tokensOf(usage: unknown): Words {
  const { input_tokens, output_tokens } = (usage ?? {}) as Words
  return { input_tokens, output_tokens }
}
