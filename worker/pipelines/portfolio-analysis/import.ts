import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { ConfigError, loadConfig } from '../../config.ts'
import { DatabaseError, openDb } from '../../db.ts'
import { CsvError, readPositions } from './csv.ts'

// `npm run import:portfolio -- file.csv --user ada@acme.test`: takes over a person's accounts from a file. Exit code 1, and
// nothing is changed, if any line is wrong.

const USAGE = 'Usage: npm run import:portfolio -- file.csv --user name@example.com'

const imported = z.object({ accounts: z.int(), positions: z.int(), unclassified: z.array(z.string()) })

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { user: { type: 'string' } }, allowPositionals: true })
  const [file] = positionals
  if (!file || !values.user) return complain(USAGE)
  const rows = readPositions(await readFile(file, 'utf8'))
  const db = openDb(loadConfig())
  try {
    const result = imported.parse(await db.call('import_portfolio', { p_email: values.user, p_rows: rows }))
    const { accounts, positions, unclassified } = result
    process.stdout.write(`Imported ${positions} positions in ${accounts} accounts.\n`)
    if (unclassified.length > 0) {
      process.stdout.write(`The next analysis classifies: ${unclassified.join(', ')}.\n`)
    }
    return 0
  } finally {
    await db.close()
  }
}

function complain(message: string): number {
  process.stderr.write(`${message}\n`)
  return 1
}

main().then(
  code => process.exit(code),
  error => {
    const isUsers = error instanceof CsvError || error instanceof ConfigError || error instanceof DatabaseError
    const isNoFile = (error as NodeJS.ErrnoException).code === 'ENOENT'
    process.exit(complain(isUsers || isNoFile ? error.message : error.stack))
  },
)
