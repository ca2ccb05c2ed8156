/**
 * A process that serves a client, stops the server, and has nothing else to do: it ends by itself only when the server
 * has left no handle behind. Started by stop.test.ts.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import { createRealtime } from '../../supabase/local/realtime/server.ts'

const [databaseUrl = ''] = process.argv.slice(2)
const apikey = 'sb_publishable_test'
const realtime = await createRealtime({ databaseUrl, jwtSecret: 'secret', anonKeys: [apikey], serviceKeys: [] })
const http = createServer().on('upgrade', realtime.handleUpgrade)
await once(http.listen(0, '127.0.0.1'), 'listening')

const socket = new WebSocket(
  `ws://127.0.0.1:${(http.address() as AddressInfo).port}/realtime/v1/websocket?apikey=${apikey}&vsn=2.0.0`,
)
await once(socket, 'open')
const config = {
  postgres_changes: [{ event: '*', schema: 'public', table: 'notes' }],
  postgres_changes_options: { wait: true },
}
socket.send(JSON.stringify(['1', '1', 'realtime:room', 'phx_join', { config }]))
await once(socket, 'message')

await realtime.stop()
http.close()
