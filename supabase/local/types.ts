// `npm run types`: writes shared/database.types.ts from the migrations, by the official CLI over a throw-away database.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getPort from 'get-port'
import { runCli } from './cli.ts'
import { startCluster } from './cluster.ts'
import { prepareDatabase } from './database.ts'
import { say } from './say.ts'
import { ROOT } from './settings.ts'

const folder = await mkdtemp(join(tmpdir(), 'liverow-types-'))
const cluster = await startCluster({ directory: join(folder, 'postgres'), port: await getPort() })
try {
  await prepareDatabase(cluster.url())
  const types = await runCli(cluster.url(), ['gen', 'types', 'typescript', '--schema=public,worker'])
  await writeFile(join(ROOT, 'shared/database.types.ts'), `${types.trim()}\n`)
  say('Wrote shared/database.types.ts')
} finally {
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
}
