import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../../worker/config.ts'
import { type Note, readNotes } from './notes.ts'
import { type OwnProcess, startOwn } from './own-process.ts'
import type { Way } from './plan.ts'
import type { Ground } from './site.ts'
import { layWire, type Wire } from './wire.ts'

/** What a worker process needs to know. */
export type Hire = {
  notes: string
  project: Pick<Config, 'supabase' | 'databaseUrl'>
  queue: Config['queue']
}

/** Worker processes in numbered slots, each with a wire of its own. A slot whose process ends is filled again. */
export type Crew = {
  kill: (slot: number) => void
  /** Stops the process in the middle of whatever it does, for so long; then kills it, or lets it go on. */
  freeze: (slot: number, ms: number, killed: boolean) => Promise<void>
  /** Asks the process to end; the next one starts at once, as when a new version is deployed. */
  dismiss: (slot: number, twice: boolean) => void
  wire: (slot: number) => Wire
  /** What everybody has noted so far, the dead included. */
  notes: () => Note[][]
  /** Whoever is at work now. */
  present: () => Note[][]
  /** Dismisses all, and waits until they have left. */
  closeDown: () => Promise<void>
  /** What processes did that nobody asked them to. */
  complaints: () => string[]
  /** Ends everybody by force, the frozen too. */
  end: () => Promise<void>
}

type Member = {
  name: string
  own: OwnProcess
  notes: string
  dismissed: boolean
  killed: boolean
  /** Resolves when it has ended, and its slot may have been filled again. */
  left: Promise<void>
}
type Slot = { wire: Wire; way: Way; current: Member | undefined }

const REFILL_MS = 150
const LEAVING_MS = 20_000

export async function hireCrew(ground: Ground, ways: Way[], queue: Config['queue']): Promise<Crew> {
  const all: Member[] = []
  const complaints: string[] = []
  let open = true

  const fill = (slot: Slot) => {
    const member = start(ground, slot, all.length, queue)
    all.push(member)
    slot.current = member
    member.left = member.own.exit.then(async code => {
      const complaint = judge(member, code)
      if (complaint) complaints.push(complaint)
      await pause(REFILL_MS)
      if (open && slot.current === member) fill(slot)
    })
  }
  const slots = await Promise.all(
    ways.map(async way => {
      const wire = await layWire(way === 'direct' ? ground.databaseUrl : ground.gateway.url)
      const slot: Slot = { wire, way, current: undefined }
      fill(slot)
      return slot
    }),
  )
  const at = (slot: number) => {
    const found = slots[slot]
    if (!found) throw new RangeError(`There is no slot ${slot}.`)
    return found
  }
  const kill = (member: Member | undefined) => {
    if (!member) return
    member.killed = true
    member.own.child.kill('SIGKILL')
  }
  const dismiss = (member: Member, twice: boolean) => {
    member.dismissed = true
    member.own.child.kill('SIGTERM')
    if (twice) member.own.child.kill('SIGTERM')
  }

  return {
    kill: slot => kill(at(slot).current),
    freeze: async (slot, ms, killed) => {
      const member = at(slot).current
      member?.own.child.kill('SIGSTOP')
      await pause(ms)
      if (killed) kill(member)
      member?.own.child.kill('SIGCONT')
    },
    dismiss: (slot, twice) => {
      const { current } = at(slot)
      if (current) dismiss(current, twice)
      fill(at(slot))
    },
    wire: slot => at(slot).wire,
    notes: () => all.map(member => readNotes(member.notes)),
    present: () => slots.flatMap(({ current }) => (current ? [readNotes(current.notes)] : [])),
    closeDown: async () => {
      open = false
      for (const { current } of slots) if (current) dismiss(current, false)
      const gone = Promise.all(all.map(member => member.left)).then(() => true)
      const patience = new AbortController()
      await Promise.race([gone, pause(LEAVING_MS, false, { signal: patience.signal }).catch(() => undefined)])
      patience.abort()
      const staying = all
        .filter(each => each.own.isRunning())
        .map(each => `${each.name} does not end, ${LEAVING_MS} ms after SIGTERM`)
      complaints.push(...staying)
    },
    complaints: () => complaints,
    end: async () => {
      open = false
      for (const member of all) if (member.own.isRunning()) kill(member)
      await Promise.all(all.map(member => member.left))
      await Promise.all(slots.map(({ wire }) => wire.end()))
    },
  }
}

function start({ folder, gateway }: Ground, { wire, way }: Slot, n: number, queue: Config['queue']): Member {
  const file = join(folder, `worker-${n}-${way}`)
  const project =
    way === 'direct'
      ? { databaseUrl: wire.url, supabase: { url: 'http://unused', key: '' } }
      : { databaseUrl: undefined, supabase: { url: wire.url, key: gateway.keys.secret } }
  const hire: Hire = { notes: `${file}.notes`, project, queue }
  const own = startOwn('worker-process.ts', hire, `${file}.log`)
  return {
    name: `worker ${n} (${way})`,
    own,
    notes: hire.notes,
    dismissed: false,
    killed: false,
    left: Promise.resolve(),
  }
}

/** A worker ends when it is told to, well; or it cannot start, and says so by its exit code. */
function judge(member: Member, code: number | string): string | undefined {
  if (member.killed) return undefined
  const wasOnline = readNotes(member.notes).some(note => note.event === 'online')
  const how = `${code}; log: ${member.notes.replace(/notes$/, 'log')}`
  if (!wasOnline) return code === 0 ? `${member.name} ended well before it was online: ${how}` : undefined
  if (!member.dismissed) return `${member.name} ended though nobody asked it to: ${how}`
  return code === 0 ? undefined : `${member.name} was asked to end and did so badly: ${how}`
}
