import { parseArgs } from 'node:util'
import { type Bench, FULL, QUICK } from './bench.ts'
import { claimTime } from './claim-time.ts'
import type { Measure } from './contestants/contestant.ts'
import { loadContestant, NAMES } from './contestants/index.ts'
import { enqueue } from './enqueue.ts'
import { idle } from './idle.ts'
import { latency } from './latency.ts'
import { type Aim, machine, print, verdicts } from './report.ts'
import { startServer } from './server.ts'
import { throughput } from './throughput.ts'

// `node test/bench/queue/main.ts [measure …] [--only liverow,graphile] [--quick] [--tasks 20000,100000] [--rounds 3]
//   [--samples 300] [--history 1000000] [--churn 200000]`: Liverow's queue beside its peers, in one run on one durable
// PostgreSQL. Without a measure all are taken: about 20 minutes, or four with `--quick`;
// longer where others keep the machine busy, since each timed part first waits a little for quiet.

const MEASURES: Record<Measure, (bench: Bench) => Promise<Aim[]>> = {
  throughput,
  latency,
  enqueue,
  claim: claimTime,
  idle,
}

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    tasks: { type: 'string' },
    samples: { type: 'string' },
    history: { type: 'string' },
    churn: { type: 'string' },
  },
})
const contestants = await Promise.all((flags.only?.split(',') ?? NAMES).map(loadContestant))
const measures = measuresNamed(positionals)
const given = flags.quick ? QUICK : FULL
const sizes = {
  ...given,
  tasks: flags.tasks?.split(',').map(Number) ?? given.tasks,
  samples: Number(flags.samples ?? given.samples),
  history: Number(flags.history ?? given.history),
  churn: Number(flags.churn ?? given.churn),
}
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3))

const server = await startServer(contestants)
// PostgreSQL runs in a session of its own and would outlive us.
const abandon = () => void server.stop().finally(() => process.exit(1))
process.once('SIGINT', abandon).once('SIGTERM', abandon)
try {
  print(machine(), `PostgreSQL ${server.version}, ${contestants.map(each => each.version).join(', ')}`)
  const aims: Aim[] = []
  for (const measure of measures) aims.push(...(await measure({ server, contestants, rounds, sizes })))
  print(...verdicts(aims))
} finally {
  await server.stop()
}

function measuresNamed(names: string[]) {
  const chosen = names.length > 0 ? names : Object.keys(MEASURES)
  return chosen.map(name => {
    const measure = MEASURES[name as Measure]
    if (!measure) throw new Error(`Unknown measure "${name}". There are: ${Object.keys(MEASURES).join(', ')}`)
    return measure
  })
}
