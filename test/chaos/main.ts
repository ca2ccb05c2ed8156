import { parseArgs } from 'node:util'
import { makePlan } from './plan.ts'
import { playRound } from './round.ts'
import { openSite } from './site.ts'

// `npm run chaos -- --minutes 10 --seed 42`: rounds with the seeds 42, 43, … until the time is over or a promise is
// broken; `--minutes 0` plays one. `--seconds` is how long each round is under fire; a plan follows from both.

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '16' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const [minutes, seconds, firstSeed] = [Number(values.minutes), Number(values.seconds), Number(values.seed)]
if (!(minutes >= 0 && seconds >= 1 && Number.isInteger(firstSeed)))
  fail('Give --minutes, --seconds and --seed as numbers.')

const end = performance.now() + minutes * 60_000
const site = await openSite()
// The workers end with us, whatever ends us; the server is asked to.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void site.close().finally(() => process.exit(130)))
}
let broken = false
try {
  for (let seed = firstSeed; !broken && (seed === firstSeed || performance.now() < end); seed++) {
    const startedAt = performance.now()
    const { breaches, summary } = await playRound(site, makePlan(seed, seconds))
    broken = breaches.length > 0
    say(`seed ${seed}, ${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${summary}`, ...breaches)
  }
} finally {
  await site.close()
}
process.exit(broken ? 1 : 0)

function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

function fail(reason: string): never {
  process.stderr.write(`${reason}\n`)
  process.exit(2)
}
