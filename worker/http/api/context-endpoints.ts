import type { z } from 'zod'
import { errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import type { Json } from '../../../shared/database.types.ts'
import { moderateAnswer, moderateRequest, snapshotAnswer, snapshotRequest } from '../../../shared/scenario-api.ts'
import { contextSnapshot, privateThing } from '../../../shared/scenarios.ts'
import type { Caller } from '../caller.ts'
import { blockOf } from './context-block.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { readScenario } from './registry.ts'
import type { ApiRoom } from './room.ts'

/** What agents may know of a page, and which texts may pass. */
export function createContextEndpoints(room: ApiRoom): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      route: '/api/context/snapshot',
      name: 'takeSnapshot',
      summary: 'What is on your page, as a text for a model: without personal data and without ids.',
      schemas: { body: snapshotRequest, answer: snapshotAnswer },
      perMinute: 60,
      handle: async ({ caller, body }) => ({ status: 200, body: await takeSnapshot(caller, body) }),
    }),
    endpoint({
      method: 'post',
      route: '/api/moderate',
      name: 'moderate',
      summary: 'Whether a text may pass, by the policy of a scenario.',
      schemas: { body: moderateRequest, answer: moderateAnswer },
      perMinute: 240,
      handle: async ({ c, caller, body }) => ({ status: 200, body: await judge(room, caller, body, c.req.raw.signal) }),
    }),
  ]
}

async function takeSnapshot(
  caller: Caller,
  { scenario_id, page }: z.output<typeof snapshotRequest>,
): Promise<z.input<typeof snapshotAnswer>> {
  const remove = scenario_id
    ? (await readScenario(caller, scenario_id)).definition.privacy.remove
    : privateThing.options
  const { data, error, status } = await caller.supabase
    .rpc('context_snapshot', { page: page as Json })
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return { ...blockOf(page, contextSnapshot.parse(data), remove), removed: [...remove] }
}

async function judge(
  { moderate, noteObjection }: Pick<ApiRoom, 'moderate' | 'noteObjection'>,
  caller: Caller,
  { text, direction, scenario_id }: z.output<typeof moderateRequest>,
  signal: AbortSignal,
): Promise<z.input<typeof moderateAnswer>> {
  const policy = scenario_id ? (await readScenario(caller, scenario_id)).definition.moderation : undefined
  if (!moderate || policy?.[direction] === false)
    return { flagged: false, categories: [], action: 'allow', checked: false }
  const { flagged, categories } = await moderate([text], signal)
  const objections = categories.filter(each => !policy?.tolerates.includes(each))
  const isTolerated = categories.length > 0 && objections.length === 0
  if (!flagged || isTolerated) return { flagged, categories, action: 'allow', checked: true }
  noteObjection(direction, objections)
  return { flagged, categories, action: 'block', checked: true }
}
