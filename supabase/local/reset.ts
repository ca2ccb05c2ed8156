// `npm run reset`: clears the local stack's data. The next start makes everything anew.

import { rm } from 'node:fs/promises'
import { say } from './say.ts'
import { readDataFolder } from './settings.ts'
import { AlreadyRunning, clearFolder } from './stack-file.ts'

const folder = readDataFolder()
try {
  await clearFolder(folder)
  await rm(folder, { recursive: true, force: true })
  say(`Cleared ${folder}. The next npm start begins with an empty database.`)
} catch (error) {
  if (!(error instanceof AlreadyRunning)) throw error
  say(`${error.message}\nNothing was cleared.`)
  process.exitCode = 1
}
