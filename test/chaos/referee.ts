import type postgres from 'postgres'
import type { Note } from './notes.ts'
import { keyOf } from './perform.ts'
import { endsOf, type PlannedTask } from './plan.ts'

/** One update of a request, as the database has recorded it: what it was, and what it became. */
export type Change = {
  task: string
  fromVersion: number
  version: number
  fromStatus: string
  status: string
  fromLife: number
  life: number
  fromAttempt: number
  attempt: number
  fromCrashes: number
  crashes: number
  /** Of a claim: the lease that it made, and for whom. */
  lease: string | null
  worker: string | null
  /** In ms since 1970. */
  at: number
}

export type FinalRow = {
  id: string
  status: string
  life: number
  attempt: number
  maxAttempts: number
  crashes: number
  version: number
  response: { lease?: string } | null
  error: { code?: string } | null
}

type Write = { task: string; life: number; key: string; status: string; writer: string; holder: string | null }

/** Everything that is known of a round once it is over. */
export type Records = {
  tasks: PlannedTask[]
  rows: FinalRow[]
  /** By task, then by version. */
  changes: Change[]
  writes: Write[]
  leasesLeft: number
  /** Of each process. */
  notes: Note[][]
  leaseSeconds: number
}

export async function collectRecords(
  sql: postgres.Sql,
  known: Pick<Records, 'tasks' | 'notes' | 'leaseSeconds'>,
): Promise<Records> {
  const rows = await sql<FinalRow[]>`
    select id, status, life, attempt, max_attempts as "maxAttempts", crash_count as crashes, version::integer,
      response_payload as response, error
    from public.agent_task_requests`
  const changes = await sql<Change[]>`
    select task_id as task, from_version::integer as "fromVersion", version::integer, from_status as "fromStatus", status,
      from_life as "fromLife", life, from_attempt as "fromAttempt", attempt, from_crashes as "fromCrashes", crashes,
      lease_id as lease, worker_id as worker, extract(epoch from at)::double precision * 1000 as at
    from chaos.changes order by task_id, chaos.changes.version`
  const writes = await sql<Write[]>`
    select task_id as task, life, key, status, writer, holder from chaos.writes order by id`
  const leases = await sql`select from worker.leases`
  return { ...known, rows, changes, writes, leasesLeft: leases.length }
}

/** Every promise that was broken, in words; none when all is well. */
export function judge(records: Records): string[] {
  const tenures = tenuresOf(records.changes)
  return [
    ...judgeEnds(records),
    ...judgeChanges(records.changes),
    ...judgeTenures(tenures, records),
    ...judgeBeliefs(tenures, records),
    ...judgeReaps(tenures, records),
    ...judgeSteps(records),
  ]
}

/** The time between a claim and whatever ended it. */
type Tenure = { lease: string; worker: string; claim: Change; end: Change | undefined }

function tenuresOf(changes: Change[]): Map<string, Tenure> {
  const tenures = new Map<string, Tenure>()
  const current = new Map<string, Tenure>()
  for (const change of changes) {
    if (isClaim(change)) {
      const tenure = { lease: change.lease ?? '', worker: change.worker ?? '', claim: change, end: undefined }
      tenures.set(tenure.lease, tenure)
      current.set(change.task, tenure)
    } else if (change.fromStatus === 'processing' && change.status !== 'processing') {
      const tenure = current.get(change.task)
      if (tenure) tenure.end = change
    }
  }
  return tenures
}

const isClaim = (change: Change) => change.fromStatus !== 'processing' && change.status === 'processing'
const isReap = (change: Change) => change.crashes > change.fromCrashes
const isNewLife = (change: Change) => change.life > change.fromLife
const hasEnded = (status: string) => ['completed', 'failed', 'cancelled'].includes(status)

/** Nothing is lost: what was submitted is there, and has ended as it had to. */
function* judgeEnds({ tasks, rows, leasesLeft }: Records): Generator<string> {
  const found = new Map(rows.map(row => [row.id, row]))
  for (const task of tasks) {
    const row = found.get(task.id)
    if (!row) yield `${task.id} was submitted and is not there`
    else if (!hasEnded(row.status)) yield `${row.id} never ended: ${told(row)}`
    else if (!endsOf(task).includes(row.status) && !isGivenUp(row)) {
      yield `${row.id} ended in a way that was not to be (${endsOf(task).join(' or ')} was): ${told(row)}`
    }
    if (row?.status === 'failed' && !isGivenUp(row) && !['hopeless', 'flaky'].includes(row.error?.code ?? '')) {
      yield `${row.id} failed for a reason that no script knows: ${told(row)}`
    }
  }
  if (leasesLeft > 0) yield `${leasesLeft} leases are left though nobody is at work`
}

/** A task that has lost three workers counts as a killer. */
function isGivenUp(row: FinalRow): boolean {
  const spent = row.crashes === 3 || (row.crashes > 0 && row.attempt === row.maxAttempts)
  return row.status === 'failed' && row.error?.code === 'worker_lost' && spent
}

/** Each step of a task's way is one that the state machine knows, and no step is missing. */
function* judgeChanges(changes: Change[]): Generator<string> {
  let before: Change | undefined
  for (const change of changes) {
    if (before?.task === change.task && before.version !== change.fromVersion) {
      yield `${change.task} went from version ${before.version} to ${change.fromVersion} without a record`
    }
    if (change.version <= change.fromVersion) yield `a version did not rise: ${shown(change)}`
    const wrong = isNewLife(change) ? wrongRebirth(change) : wrongStep(change)
    if (wrong) yield `${wrong}: ${shown(change)}`
    before = change
  }
}

function wrongRebirth(change: Change): string | undefined {
  if (change.status !== 'pending') return 'a new life begins as pending'
  if (change.fromStatus !== 'processing' && !hasEnded(change.fromStatus))
    return 'only what is at work or ended is reborn'
  if (change.attempt !== 0 || change.crashes !== 0) return 'a new life begins without a past'
  return undefined
}

function wrongStep(change: Change): string | undefined {
  const { fromStatus, status } = change
  const attempts = change.attempt - change.fromAttempt
  const crashes = change.crashes - change.fromCrashes
  if (hasEnded(fromStatus) && status !== fromStatus) return 'what has ended has ended'
  if (isClaim(change)) {
    if (fromStatus !== 'pending') return 'only a pending task is claimed'
    if (!change.lease) return 'a claim without a lease'
    return attempts === 1 && crashes === 0 ? undefined : 'a claim is one more attempt and no crash'
  }
  if (fromStatus === 'processing' && status === 'pending' && crashes === 0) {
    return attempts === -1 ? undefined : 'a task that is given back gets its attempt back'
  }
  // Given back, and cancelled instead of waiting again.
  const isGivenBack = fromStatus === 'processing' && status === 'cancelled' && attempts === -1
  if (attempts !== 0 && !isGivenBack) return 'attempts are counted at claims'
  if (crashes === 0) return undefined
  if (fromStatus !== 'processing' || status === 'completed') return 'only a task at work loses its worker'
  return crashes === 1 ? undefined : 'one reap is one crash'
}

/** Nothing ends twice: a lease is good for one end, and a life for one answer. */
function* judgeTenures(tenures: Map<string, Tenure>, { changes, rows }: Records): Generator<string> {
  const completed = new Map<string, number>()
  for (const change of changes.filter(each => each.status === 'completed' && each.fromStatus !== 'completed')) {
    const life = `${change.task} in life ${change.life}`
    completed.set(life, (completed.get(life) ?? 0) + 1)
  }
  for (const [life, times] of completed) if (times > 1) yield `${life} was completed ${times} times`

  const claims = changes.filter(isClaim)
  if (tenures.size !== claims.length) yield `${claims.length} claims made ${tenures.size} leases`

  for (const row of rows.filter(each => each.status === 'completed')) {
    const end = tenures.get(row.response?.lease ?? '')?.end
    if (end?.task !== row.id || end.version !== row.version || end.status !== 'completed') {
      yield `${row.id} has the answer of an attempt that did not hold it at its end: ${told(row)}`
    }
  }
}

/** What a worker believes is what happened, and nothing happened that no worker asked for. */
function* judgeBeliefs(tenures: Map<string, Tenure>, { notes }: Records): Generator<string> {
  const asked = new Map<string, Set<string>>()
  const believed = new Map<string, string[]>()
  for (const book of notes) {
    const worker = book.find(note => note.event === 'online')?.worker
    const fates = new Set<string>()
    for (const note of book) {
      if (note.event === 'claimed') yield* judgeClaims(tenures, note, worker)
      if (note.event === 'settling') {
        for (const [n, lease] of note.leases.entries()) add(asked, lease, note.outcomes[n] ?? '')
      }
      if (note.event === 'settled') {
        for (const { lease, status } of note.answers) {
          if (status !== 'lost') believed.set(lease, [...(believed.get(lease) ?? []), status])
        }
      }
      if (note.event === 'fate') {
        if (fates.has(note.lease)) yield `one attempt came to two ends in its worker: lease ${note.lease}`
        fates.add(note.lease)
      }
    }
  }
  for (const [lease, statuses] of believed) {
    const end = tenures.get(lease)?.end
    if (statuses.length > 1) yield `lease ${lease} was settled ${statuses.length} times: ${statuses.join(', ')}`
    if (!end || isReap(end) || isNewLife(end) || end.status !== statuses[0]) {
      yield `a worker believes that lease ${lease} ended as ${statuses[0]}; it was ${end ? shown(end) : 'never ended'}`
    }
  }
  for (const { lease, end } of tenures.values()) {
    if (!end || isReap(end) || isNewLife(end)) continue
    const outcomes = CAUSES[end.status] ?? []
    if (!outcomes.some(outcome => asked.get(lease)?.has(outcome))) {
      yield `nobody who held lease ${lease} asked for this: ${shown(end)}`
    }
  }
}

/** The outcomes that a status may come from. */
const CAUSES: Record<string, string[]> = {
  completed: ['completed'],
  failed: ['failed', 'retry'],
  cancelled: ['cancelled', 'retry', 'released'],
  scheduled: ['retry'],
  pending: ['released'],
}

function* judgeClaims(
  tenures: Map<string, Tenure>,
  note: Extract<Note, { event: 'claimed' }>,
  worker: string | undefined,
): Generator<string> {
  for (const { task, lease, life, attempt } of note.leases) {
    const tenure = tenures.get(lease)
    const { claim } = tenure ?? {}
    const fits = claim?.task === task && claim.life === life && claim.attempt === attempt
    if (!fits || (worker !== undefined && tenure?.worker !== worker)) {
      yield `worker ${worker} believes to hold ${task} by lease ${lease}; the database knows ${claim && shown(claim)}`
    }
  }
}

/** No lease is taken away while it runs: neither from its claim on, nor from the last beat that was answered. */
function* judgeReaps(tenures: Map<string, Tenure>, { notes, leaseSeconds }: Records): Generator<string> {
  const provenAt = new Map<string, number>()
  for (const note of notes.flat()) {
    const leases =
      note.event === 'claimed' ? note.leases.map(each => each.lease) : note.event === 'beaten' ? note.kept : []
    for (const lease of leases)
      provenAt.set(lease, Math.max(provenAt.get(lease) ?? 0, 'sentAt' in note ? note.sentAt : 0))
  }
  for (const { lease, end } of tenures.values()) {
    const from = provenAt.get(lease)
    if (!end || !isReap(end) || from === undefined) continue
    const leftMs = from + leaseSeconds * 1000 - end.at
    if (leftMs > 0) yield `lease ${lease} was reaped ${Math.round(leftMs)} ms before its end: ${shown(end)}`
  }
}

/** A step is done once in a life, by the holder of the lease, and is never lost again. */
function* judgeSteps({ tasks, rows, writes, notes }: Records): Generator<string> {
  const done = new Map<string, number>()
  const nameOf = (step: { task: string; life: number; key: string }) =>
    `${step.key} of ${step.task} in life ${step.life}`
  for (const write of writes) {
    if (write.writer !== write.holder) {
      yield `${nameOf(write)} was written with lease ${write.writer} while ${write.holder ?? 'nobody'} held it`
    }
    if (write.status === 'done') done.set(nameOf(write), (done.get(nameOf(write)) ?? 0) + 1)
  }
  for (const [name, times] of done) if (times > 1) yield `${name} was done ${times} times`
  for (const note of notes.flat()) {
    if (note.event === 'stepped' && !done.has(nameOf(note))) yield `${nameOf(note)} was taken and is lost`
  }
  const scripts = new Map(tasks.map(task => [task.id, task.script]))
  for (const { id, life, status } of rows) {
    const steps = scripts.get(id)?.steps ?? []
    const missing =
      status === 'completed' ? [...steps.keys()].filter(n => !done.has(nameOf({ task: id, life, key: keyOf(n) }))) : []
    if (missing.length > 0) yield `${id} was completed without its steps ${missing.join(', ')}`
  }
}

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(value))
}

function told(row: FinalRow): string {
  const { status, life, attempt, crashes, error, response } = row
  return JSON.stringify({ status, life, attempt, crashes, code: error?.code, lease: response?.lease })
}

function shown(change: Change): string {
  const { task, fromStatus, status, life, attempt, crashes, version } = change
  const time = new Date(change.at).toISOString()
  return `${task} ${fromStatus} → ${status} (life ${life}, attempt ${attempt}, crashes ${crashes}, version ${version}) at ${time}`
}
