import { Agent, type InputGuardrail, type OutputGuardrail, tool } from '@openai/agents'
import { z } from 'zod'
import type { Json } from '../../../shared/database.types.ts'
import { agentTool } from '../../../worker/agents/agent-tool.ts'
import type { TaskContext } from '../../../worker/agents/context.ts'
import { once } from '../../../worker/agents/journal.ts'
import { runAgent } from '../../../worker/agents/run-agent.ts'
import { governed, type ToolPolicy } from '../../../worker/agents/tool-policy.ts'
import { userTool } from '../../../worker/agents/user-tool.ts'

/** Does something that the world can see: `name` says what, `callId` for which call. */
export type Act = (name: string, callId: string) => Promise<void>

type Extra = { policy?: ToolPolicy; needsApproval?: boolean }

const input = z.object({ order: z.string() })

/** A pipeline with everything in it that can be cut through the middle; scripts.ts has its lines. */
export async function serveOrder(context: TaskContext, order: string, act: Act): Promise<Json> {
  const city = await once(context, 'choose city', async () => {
    await act('choose', 'once')
    return 'Oslo'
  })
  context.progress.report({ done: 1, total: 2 })
  const prompt = `Order ${order} to ${city}.`
  const [answer, title] = await Promise.all([
    runAgent(context, createClerk(context, act), prompt, { isTurn: true }),
    runAgent(context, agentOf(context, 'Namer', {}), `Name ${order}.`, { name: 'title' }),
  ])
  return { answer, title }
}

function createClerk(context: TaskContext, act: Act): Agent<TaskContext> {
  const plain = (name: string, { policy, needsApproval = false }: Extra = {}) => {
    const made = tool({
      name,
      description: name,
      parameters: input,
      needsApproval,
      execute: async (_input, _context, details) => {
        await act(name, String(details?.toolCall?.callId))
        return `${name} done`
      },
    })
    return governed(made as never, policy ?? {})
  }
  const withNumber = (
    name: string,
    field: 'grams' | 'amount',
    {
      policy,
      needsApproval = false,
    }: Omit<Extra, 'needsApproval'> & { needsApproval?: boolean | ((input: { amount?: number }) => boolean) },
  ) => {
    const made = tool({
      name,
      description: name,
      parameters: input.extend({ [field]: z.number() }),
      needsApproval: typeof needsApproval === 'boolean' ? needsApproval : async (_, given) => needsApproval(given),
      execute: async (given, _context, details) => {
        await act(name, String(details?.toolCall?.callId))
        return `${name} ${(given as Record<string, unknown>)[field]} done`
      },
    })
    return governed(made as never, policy ?? {})
  }

  const digger = agentOf(context, 'Digger', {
    tools: [
      plain('measure'),
      withNumber('blast', 'grams', { needsApproval: true, policy: { approval: { mayEdit: true } } }),
    ],
  })
  const scout = agentOf(context, 'Scout', {
    tools: [plain('survey'), agentTool(digger, { name: 'ask_digger', description: 'Digs.' })],
  })
  const closer = agentOf(context, 'Closer', {
    tools: [
      plain('sign', { needsApproval: true, policy: { inFlight: 'ask' } }),
      withNumber('pay', 'amount', { needsApproval: ({ amount = 0 }) => amount > 50 }),
    ],
    outputGuardrails: [guardrail('manners', act)],
  })
  return agentOf(context, 'Clerk', {
    tools: [
      plain('look_up'),
      plain('charge', { policy: { inFlight: 'fail' } }),
      userTool({ name: 'leave_note', description: 'Leaves a note.', parameters: input }),
      agentTool(scout, { name: 'ask_scout', description: 'Scouts.' }),
    ],
    handoffs: [closer],
    inputGuardrails: [guardrail('manners', act)],
  })
}

function guardrail(name: string, act: Act): InputGuardrail & OutputGuardrail {
  return {
    name,
    execute: async () => {
      await act('judge', 'guardrail')
      return { tripwireTriggered: false, outputInfo: null }
    },
  }
}

function agentOf({ model }: TaskContext, name: string, parts: object): Agent<TaskContext> {
  return new Agent<TaskContext>({ name, instructions: `You are the ${name}.`, model: model.name, ...parts })
}
