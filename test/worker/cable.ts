import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A cable to a server that can be cut and mended: what a restart or an outage looks like from the client's side. */
export interface Cable {
  /** The server's URL by way of the cable. */
  url: string
  /** Ends every connection and refuses new ones. */
  cut: () => Promise<void>
  mend: () => Promise<void>
  /** How many are connected. */
  connections: () => number
}

export async function layCable(to: string): Promise<Cable> {
  const target = new URL(to)
  const open = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(Number(target.port), target.hostname)
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      open.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  const port = await listenOn(server, 0)
  return {
    url: Object.assign(new URL(to), { hostname: '127.0.0.1', port: String(port) }).href,
    cut: async () => {
      const closed = server.listening ? once(server, 'close') : undefined
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
    connections: () => open.size / 2,
    mend: async () => void (await listenOn(server, port)),
  }
}

async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}
