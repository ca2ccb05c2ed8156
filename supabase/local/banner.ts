import { relative } from 'node:path'
import { DEMO } from './demo-people.ts'
import type { Model } from './model.ts'
import type { Programs } from './programs.ts'
import type { Project } from './project.ts'
import { ROOT, type Settings } from './settings.ts'

/** What the banner tells. */
export interface BannerFacts {
  settings: Settings
  project: Project
  model: Model
  programs: Programs
  /** Ports that differ from the usual. */
  moved: string[]
  seconds: number
}

/** The lines that greet a person once everything answers. */
export function banner({ settings, project, model, programs, moved, seconds }: BannerFacts): string {
  const { hosted, folder } = settings
  const rows = [
    ['Open', programs.page],
    ['Sign in', hosted ? 'with an account of that project' : `${DEMO.emails[0]} with password ${DEMO.password}`],
    ['Model', model.isDemo ? 'the demo model, scripted (set OPENAI_API_KEY for a real one)' : model.label],
    ['Supabase', `${project.url} (${hosted ? 'hosted' : 'local'})`],
    ...(hosted ? [] : [['Database', project.databaseUrl]]),
    ['Worker', programs.health],
    ...(hosted ? [] : [['Data', dataPlace(folder)]]),
    ...moved.map(line => ['Note', line]),
    ['Stop', 'Ctrl-C'],
  ]
  const lines = rows.map(([name = '', text]) => `  ${name.padEnd(9)} ${text}`)
  return ['', `Liverow is up (${seconds.toFixed(1)} s)`, '', ...lines, ''].join('\n')
}

function dataPlace(folder: string): string {
  const inside = relative(ROOT, folder)
  return `${inside.startsWith('..') ? folder : inside} (kept; npm run reset clears it)`
}
