import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A line to a server that can be cut and stalled, and keeps its port all the while. */
export type Wire = {
  /** The server's URL by way of the wire. */
  url: string
  /** Ends every connection and turns new ones away. */
  cut: () => void
  /** Nothing gets through, yet nothing is closed either: what a frozen network looks like. */
  stall: () => void
  mend: () => void
  end: () => Promise<void>
}

export async function layWire(to: string): Promise<Wire> {
  const target = new URL(to)
  const open = new Set<Socket>()
  let state: 'whole' | 'cut' | 'stalled' = 'whole'

  const server = createServer(near => {
    if (state === 'cut') return near.destroy()
    const far = connect(Number(target.port), target.hostname)
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      open.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
      if (state === 'stalled') socket.pause()
    }
  })
  const destroyAll = () => {
    for (const socket of open) socket.destroy()
  }
  const port = await listen(server)
  return {
    url: Object.assign(new URL(to), { hostname: '127.0.0.1', port: String(port) }).href,
    cut: () => {
      state = 'cut'
      destroyAll()
    },
    stall: () => {
      state = 'stalled'
      for (const socket of open) socket.pause()
    },
    mend: () => {
      state = 'whole'
      for (const socket of open) socket.resume()
    },
    end: async () => {
      const closed = once(server, 'close')
      server.close()
      destroyAll()
      await closed
    },
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}
