import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

// The house: each room, and the rooms whose files it may import. A room is the longest of these prefixes.
const MAY_IMPORT: Record<string, string[]> = {
  shared: [],
  worker: ['shared'],
  'worker/queue': ['shared', 'worker'],
  'worker/agents': ['shared', 'worker'],
  'worker/pipelines': ['shared', 'worker', 'worker/agents'],
  'worker/http': ['shared', 'worker', 'worker/queue'],
  'worker/main.ts': ['shared', 'worker', 'worker/queue', 'worker/agents', 'worker/pipelines', 'worker/http'],
  web: ['shared'],
  'supabase/local': ['supabase/local/realtime', 'shared', 'worker'],
  'supabase/local/realtime': [],
}

const FILES = globSync('{shared,worker,web,supabase}/**/*.{ts,tsx}', { cwd: ROOT, exclude: ['**/dist/**'] })
  .map(file => file.split(sep).join('/'))
  .sort()

describe('the house', () => {
  it('has files to look at', () => {
    expect(FILES.length).toBeGreaterThan(40)
  })

  it('has imports that go one way', () => {
    const wrong = FILES.flatMap(file => {
      const allowed = new Set([roomOf(file), ...(MAY_IMPORT[roomOf(file)] ?? [])])
      const targets = importsOf(file)
        .filter(path => path.startsWith('.'))
        .map(path => targetOf(file, path))
      return targets.filter(target => !allowed.has(roomOf(target))).map(target => `${file} → ${target}`)
    })
    expect(wrong.filter(arrow => !arrow.endsWith(' package.json'))).toEqual([])
  })

  it('keeps React in web/', () => {
    const outside = FILES.filter(file => !file.startsWith('web/'))
    expect(outside.filter(file => importsOf(file).some(path => /^(react|@mantine)/.test(path)))).toEqual([])
  })

  // The local stack owns a database and talks to people, so there only the environment has one place.
  it.each([
    ['process.env', /process\.env/, ['worker/config.ts', 'worker/http/mcp/config.ts', 'supabase/local/settings.ts']],
    ['console', /\bconsole\./, []],
    ['log calls', /\blogger\.(debug|info|warn|error|fatal)\(/, ['worker/telemetry.ts']],
    ['SQL text', /\b(select .+ from|insert into|delete from|update \w+ set)\b/, ['worker/db-direct.ts']],
  ])('keeps %s in its file', (what, pattern, homes) => {
    const watched = FILES.filter(file => what === 'process.env' || !file.startsWith('supabase/local/'))
    const found = watched.filter(file => pattern.test(codeOf(file)))
    expect(found.filter(file => !homes.includes(file))).toEqual([])
  })
})

function roomOf(file: string): string {
  const rooms = Object.keys(MAY_IMPORT).filter(room => file === room || file.startsWith(`${room}/`))
  return rooms.sort((a, b) => b.length - a.length)[0] ?? file
}

function targetOf(file: string, path: string): string {
  return relative(ROOT, join(ROOT, dirname(file), path))
    .split(sep)
    .join('/')
}

function importsOf(file: string): string[] {
  return [...codeOf(file).matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(match => match[1] ?? '')
}

/** Without comments: they may name what code may not. */
function codeOf(file: string): string {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
}
