import { createIdentity } from '../../../worker/agents/identity.ts'
import { connectMcp } from '../../../worker/agents/mcp-connection.ts'

// A worker that exits while a stubborn child of it lives, and says which one. Argument: the child's script.

const transport = { command: process.execPath, args: [String(process.argv[2])], env: { STUBBORN: '1' } }
const { call } = await connectMcp(
  { name: 'shelf', transport },
  {
    task: { id: 'task-1', userId: null, correlationId: null },
    signal: new AbortController().signal,
    identity: createIdentity(undefined),
  },
)
const { content } = await call('who_am_i', {})
const [part] = content
process.stdout.write(String(part?.type === 'text' && JSON.parse(part.text).pid))
process.exit(0)
