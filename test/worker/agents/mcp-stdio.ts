import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { toolServer } from './mcp-tools.ts'

// An MCP server as a child process. STUBBORN: one that outlives its pipes and polite signals.

if (process.env.STUBBORN) {
  process.on('SIGTERM', () => undefined)
  setInterval(() => undefined, 1_000)
}

serveStdio(() =>
  toolServer(
    meta => ({ user: process.env.USER_TOKEN, renewed: meta?.['liverow/user-token'], pid: process.pid }),
    () => process.kill(process.pid, 'SIGKILL'),
  ),
)
