import { createChatEndpoints } from './chat-endpoints.ts'
import { createContextEndpoints } from './context-endpoints.ts'
import type { Endpoint } from './endpoint.ts'
import { createResponsesEndpoint } from './responses-endpoint.ts'
import type { ApiRoom } from './room.ts'
import { createRunEndpoints } from './run-endpoints.ts'
import { createScenarioEndpoints } from './scenario-endpoints.ts'
import { createSessionEndpoints } from './session-endpoints.ts'
import { createToolEndpoints } from './tool-endpoints.ts'

/** All that users call. */
export function createEndpoints(room: ApiRoom): Endpoint[] {
  return [
    ...createScenarioEndpoints(room),
    ...createSessionEndpoints(room),
    ...createRunEndpoints(room),
    ...createToolEndpoints(room),
    ...createContextEndpoints(room),
    createResponsesEndpoint(room),
    ...createChatEndpoints(room),
  ]
}
