// `npm start`: a Supabase project, the model, the worker and the web page, here or, by settings, elsewhere.
//
//   settings ─▶ folder claimed ─▶ project ─▶ model ─▶ worker and web ─▶ banner ─▶ … ─▶ all ended, last one first

import { banner } from './banner.ts'
import { startModel } from './model.ts'
import { portBook } from './ports.ts'
import { startPrograms } from './programs.ts'
import { openProject } from './project.ts'
import { say } from './say.ts'
import { readSettings, SettingsError } from './settings.ts'
import { AlreadyRunning, claimFolder } from './stack-file.ts'
import { listenForStop, type StopSignal } from './stop-signal.ts'

process.exit(await main())

async function main(): Promise<number> {
  const stop = listenForStop()
  try {
    await using parts = new AsyncDisposableStack()
    await boot(parts, stop)
    await aborted(stop.signal)
    say('\nStopping …')
  } catch (error) {
    if (!stop.wasAsked()) return complain(error)
  }
  return stop.wasAsked() ? 0 : complain(stop.signal.reason)
}

/** Starts all parts; each leaves behind in `parts` how it is ended. */
async function boot(parts: AsyncDisposableStack, stop: StopSignal): Promise<void> {
  const startedAt = Date.now()
  const settings = readSettings()
  const file = await claimFolder(settings.folder)
  parts.defer(() => file.remove())
  const ports = portBook()
  const project = await openProject({ settings, ports, parts, stop })
  const model = await startModel(settings, ports, parts)
  stop.signal.throwIfAborted()
  const programs = await startPrograms({ settings, project, model, ports, parts, file, stop })
  const seconds = (Date.now() - startedAt) / 1000
  say(banner({ settings, project, model, programs, moved: ports.moved(), seconds }))
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function complain(error: unknown): number {
  const isExpected = error instanceof SettingsError || error instanceof AlreadyRunning
  const message = error instanceof Error ? error.message : String(error)
  say(isExpected ? message : `Liverow stopped: ${message}`)
  return 1
}
