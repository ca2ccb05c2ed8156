import getPort, { portNumbers } from 'get-port'

/** Hands out ports, and remembers who did not get the one it is known by. */
export interface PortBook {
  /** The preferred port, or when that is taken one close to it, or else any. */
  take(name: string, preferred: number): Promise<number>
  /** Lines for the banner. */
  moved(): string[]
}

/** A new book; ports handed out by it are not handed out twice. */
export function portBook(): PortBook {
  const moved: string[] = []
  const taken = new Set<number>()
  return {
    take: async (name, preferred) => {
      const port = await getPort({ port: portNumbers(preferred, Math.min(preferred + 20, 65_535)), exclude: taken })
      taken.add(port)
      if (port !== preferred) moved.push(`port ${preferred} is taken, so the ${name} is on ${port}`)
      return port
    },
    moved: () => moved,
  }
}
