import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as engine } from 'playwright-core'

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

// Not the package's own list: that one turns web security off, and with it the browser's CORS checks, and runs in a
// single process, which dies with the first page that is closed. Without a sandbox root may run it too. The microphone
// beeps; headless, nobody can be asked for it, so what they would say is said here.
const argsWith = (microphone: Microphone, hears: string | undefined) => [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--font-render-hinting=none',
  '--use-fake-device-for-media-stream',
  `--use-fake-ui-for-media-stream${microphone === 'denied' ? '=deny' : ''}`,
  ...(hears ? [`--use-file-for-fake-audio-capture=${hears}`] : []),
]

type Options = {
  microphone?: Microphone
  /** A WAV file that the microphone hears again and again instead of beeps. */
  hears?: string
}

/** Whether pages may use the microphone. */
type Microphone = 'allowed' | 'denied'

/**
 * Starts a headless Chromium: the one from npm, which needs nothing installed but runs on Linux (x64) alone, else one
 * that this machine has. @throws Error that says what to install if there is none
 */
export async function startBrowser({ microphone = 'allowed', hears }: Options = {}): Promise<Browser> {
  const failures: unknown[] = []
  for (const launch of ways(argsWith(microphone, hears))) {
    try {
      return await launch()
    } catch (failure) {
      failures.push(failure)
    }
  }
  throw new AggregateError(failures, 'No Chromium could be started. Install Chromium or Google Chrome and try again.')
}

function* ways(args: string[]): Generator<() => Promise<Browser>> {
  if (process.platform === 'linux' && process.arch === 'x64') {
    yield async () => {
      // Without the WebGL parts it is unpacked in a third of the time; pages here draw none.
      chromium.setGraphicsMode = false
      const executablePath = await chromium.executablePath()
      return await engine.launch({ executablePath, args, headless: true })
    }
  }
  for (const executablePath of installed.filter(existsSync)) {
    yield () => engine.launch({ executablePath, args, headless: true })
  }
}
