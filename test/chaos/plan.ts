import { type Random, randomFrom } from './random.ts'

/** What a task does when it is performed; the whole of its request_payload. */
export type Script = {
  /** Journalled steps: how long each takes, in ms. */
  steps: number[]
  /** Goes on after its steps until it is told to stop, in its first life only. */
  endless: boolean
  /** So many attempts end in an error that is worth another attempt. */
  failures: number
  /** Ends in an error that is not. */
  hopeless: boolean
  /** Heeds no signal and settles by itself, also with a lease that it was told is lost: only the fence stops it. */
  stubborn: boolean
}

export type PlannedTask = {
  id: string
  /** When it is submitted, in ms from the start, like all moments here. */
  atMs: number
  /** Which tenant submits it; 0 is nobody, as in the table editor. */
  tenant: number
  priority: number
  maxAttempts: number
  script: Script
  /** When its user cancels it. */
  cancelAtMs?: number
  /** Once it has ended, its user has it run again. */
  revived: boolean
  /** When an admin resets it by hand, if it is at work then. */
  resetAtMs?: number
}

/**
 * What befalls a worker, its line to the database, or the database: `drop` ends all connections, `gateway` kills what
 * the workers over REST talk to. `slot` is a worker's place; it is always filled again.
 */
export type Fault = { atMs: number } & (
  | { kind: 'kill'; slot: number }
  | { kind: 'freeze'; slot: number; ms: number; killed: boolean }
  | { kind: 'dismiss'; slot: number; twice: boolean }
  | { kind: 'cut' | 'stall'; slot: number; ms: number }
  | { kind: 'drop' | 'gateway' }
  | { kind: 'restart'; how: 'immediate' | 'fast'; ms: number }
)

export type Way = 'direct' | 'rest'

export type Plan = {
  seed: number
  seconds: number
  leaseSeconds: number
  /** The transport of each slot. */
  slots: Way[]
  tasks: PlannedTask[]
  faults: Fault[]
}

export const TENANTS = 4
const SLOTS: Way[] = ['direct', 'rest', 'direct', 'rest']
const TASKS_A_SECOND = 14
const DECK_SECONDS = 8
const MANY_ATTEMPTS = 25

/** All that happens in a round of so many seconds. It follows from the seed (and the seconds) alone. */
export function makePlan(seed: number, seconds: number): Plan {
  const random = randomFrom(seed)
  const leaseSeconds = random.between(1, 2)
  const tasks = Array.from({ length: seconds * TASKS_A_SECOND }, () => planTask(random, seconds * 1000))
  const decks = Array.from({ length: Math.ceil(seconds / DECK_SECONDS) }, (_, n) => n * DECK_SECONDS * 1000)
  const faults = decks.flatMap(fromMs => deal(random, leaseSeconds * 1000, fromMs))
  const byTime = (a: { atMs: number }, b: { atMs: number }) => a.atMs - b.atMs
  return { seed, seconds, leaseSeconds, slots: SLOTS, tasks: tasks.sort(byTime), faults: faults.sort(byTime) }
}

function planTask(random: Random, withinMs: number): PlannedTask {
  const atMs = random.between(0, withinMs)
  const task = {
    id: random.uuid(),
    atMs,
    tenant: random.between(0, TENANTS - 1),
    priority: random.between(0, 9),
    maxAttempts: MANY_ATTEMPTS,
    revived: false,
  }
  const instant = { steps: [], endless: false, failures: 0, hopeless: false, stubborn: random.chance(40) }
  const steps = Array.from({ length: random.between(2, 5) }, () => random.between(10, 120))
  const stepped = { ...instant, steps }
  const kind = random.between(1, 100)
  if (kind <= 22) return { ...task, script: instant }
  if (kind <= 50) return { ...task, script: stepped }
  if (kind <= 60) return { ...task, script: { ...stepped, failures: random.between(1, 2) } }
  if (kind <= 64) return { ...task, script: { ...stepped, hopeless: true } }
  if (kind <= 68) return { ...task, maxAttempts: 2, script: { ...instant, failures: MANY_ATTEMPTS } }
  if (kind <= 74) return { ...task, script: stepped, cancelAtMs: atMs + random.between(0, 300) }
  if (kind <= 84) return { ...task, script: stepped, resetAtMs: atMs + random.between(20, 400) }
  const cancelAtMs = atMs + random.between(500, 4_000)
  return { ...task, script: { ...stepped, endless: true }, cancelAtMs, revived: random.chance(40) }
}

/** A hand of faults that every eight seconds bring, so that none is missing from any plan. */
function deal(random: Random, leaseMs: number, fromMs: number): Fault[] {
  const outlast = () => leaseMs + random.between(300, 1_500)
  const blink = () => random.between(50, leaseMs)
  const slot = () => random.between(0, SLOTS.length - 1)
  const hand: Fault[] = [
    { atMs: 0, kind: 'kill', slot: slot() },
    { atMs: 0, kind: 'kill', slot: slot() },
    { atMs: 0, kind: 'freeze', slot: 0, ms: outlast(), killed: false },
    { atMs: 0, kind: 'freeze', slot: 1, ms: outlast(), killed: false },
    { atMs: 0, kind: 'freeze', slot: slot(), ms: blink(), killed: random.chance(30) },
    { atMs: 0, kind: 'dismiss', slot: slot(), twice: random.chance(50) },
    { atMs: 0, kind: 'cut', slot: slot(), ms: random.between(50, leaseMs * 2) },
    { atMs: 0, kind: 'stall', slot: slot(), ms: random.between(50, leaseMs * 2) },
    { atMs: 0, kind: 'drop' },
    { atMs: 0, kind: 'gateway' },
    { atMs: 0, kind: 'restart', how: random.pick(['immediate', 'immediate', 'fast']), ms: random.between(50, 800) },
  ]
  // Spread, so that between two blows something gets done.
  const spanMs = DECK_SECONDS * 1000
  const places = random.shuffle(hand.map((_, n) => n))
  return hand.map((fault, n) => {
    const place = (places[n] ?? n) + random.between(0, 99) / 100
    return { ...fault, atMs: fromMs + Math.round((spanMs * place) / hand.length) }
  })
}

/** The statuses that this task may end in, its user having done what is planned, unless it is given up as a killer. */
export function endsOf({ script, cancelAtMs, revived }: PlannedTask): string[] {
  if (revived) return ['completed']
  if (script.endless) return ['cancelled']
  const end = script.hopeless || script.failures === MANY_ATTEMPTS ? 'failed' : 'completed'
  return cancelAtMs === undefined ? [end] : [end, 'cancelled']
}
