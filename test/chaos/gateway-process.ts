import { startGateway } from '../../supabase/local/gateway.ts'
import { ownArgument } from './own-process.ts'
import type { GatewayPlace } from './supervised-gateway.ts'

// The gateway as a process of its own: where it dies with its database, it must not take the test with it.

await startGateway(ownArgument<GatewayPlace>())
