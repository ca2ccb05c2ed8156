import { z } from 'zod'
import { runCli } from './cli.ts'

const Finding = z.object({
  name: z.string(),
  level: z.enum(['INFO', 'WARN', 'ERROR']),
  /** What is wrong with which object. */
  detail: z.string(),
  /** Where the way to mend it is described. */
  remediation: z.string(),
})
const Answer = z.object({ results: z.array(Finding) })

/** What Supabase's advisors say about one object of a database. */
export type Finding = z.infer<typeof Finding>

/**
 * Asks the advisors that a hosted project shows in its dashboard, for security and performance, at every level. They
 * take the schemas that the API exposes from supabase/config.toml and read nothing but the catalogs.
 *
 * @throws with the CLI's own words.
 */
export async function askAdvisors(databaseUrl: string): Promise<Finding[]> {
  const flags = ['--type=all', '--level=info', '--fail-on=none', '--output-format=json']
  const answer = await runCli(databaseUrl, ['db', 'advisors', ...flags])
  return Answer.parse(JSON.parse(answer)).results
}

/** Those that must be mended: at warning level or above. */
export function warningsIn(findings: Finding[]): Finding[] {
  return findings.filter(finding => finding.level !== 'INFO')
}

/** The findings in words: the warnings whole, of what is at info level only how many there are. */
export function describeFindings(findings: Finding[]): string {
  const warnings = warningsIn(findings)
  const head = warnings.length === 0 ? 'nothing' : String(warnings.length)
  const lines = warnings.map(
    ({ level, name, detail, remediation }) => `  ${level} ${name}: ${detail}\n    ${remediation}`,
  )
  return [`Supabase's advisors report ${head} at warning level or above${notes(findings)}.`, ...lines].join('\n')
}

function notes(findings: Finding[]): string {
  // In a database that has run no query yet, every index is unused.
  const infos = findings.filter(finding => finding.level === 'INFO' && finding.name !== 'unused_index')
  const names = [...new Set(infos.map(finding => finding.name))].sort()
  const counts = names.map(name => `${infos.filter(finding => finding.name === name).length} ${name}`)
  return counts.length === 0 ? '' : ` (at info level: ${counts.join(', ')})`
}
