import type { Contestant } from './contestant.ts'

// Loaded one by one, so that the process of one worker does not hold the code of the others.
const LOADERS: Record<string, () => Promise<Contestant>> = {
  liverow: async () => (await import('./liverow.ts')).liverow,
  graphile: async () => (await import('./graphile.ts')).graphile,
  'pg-boss': async () => (await import('./pg-boss.ts')).pgBoss,
}

export const NAMES = Object.keys(LOADERS)

/** @throws Error that names those there are. */
export async function loadContestant(name: string): Promise<Contestant> {
  const load = LOADERS[name]
  if (!load) throw new Error(`Unknown contestant "${name}". There are: ${NAMES.join(', ')}`)
  return await load()
}
