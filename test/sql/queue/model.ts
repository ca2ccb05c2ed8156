// What the queue should be, in the smallest words: a list of tasks and a clock. The state machine test compares.

/** A task as it should be; times are in seconds of the model's clock. */
export interface ModelTask {
  id: string
  parent: string | undefined
  childKey: string | undefined
  tenant: string | null
  kind: string
  priority: number
  key: string | undefined
  supersedeKey: string | undefined
  session: string | undefined
  questions: Question[]
  status: string
  life: number
  attempt: number
  maxAttempts: number
  crashes: number
  snoozes: number
  cancel: boolean
  started: boolean
  runAt: number
  deadline: number | undefined
  lease: { id: string; until: number } | undefined
}

/** What a task asks people, in one of its lives. */
interface Question {
  key: string
  life: number
  status: string
  until: number | undefined
}

export interface Session {
  id: string
  onBusy: string
}

export interface Model {
  now: number
  tasks: ModelTask[]
  /** Every lease that was ever given, the oldest first. */
  everHeld: { task: string; lease: string }[]
  paused: Set<string>
  kindCaps: Map<string, number>
  tenantCaps: Map<string, number>
}

export const LEASE_SECONDS = 60
/** Longer than any random delay of a retry, so that the model knows when it comes. */
export const RETRY_SECONDS = 600
export const SNOOZE_SECONDS = 30
const NOBODY = '00000000-0000-0000-0000-000000000000'

export function emptyModel(): Model {
  const none = new Map<string, number>()
  return { now: 0, tasks: [], everHeld: [], paused: new Set(), kindCaps: none, tenantCaps: new Map(none) }
}

// Questions -----------------------------------------------------------------------------------------------------------

export const isEnded = (task: ModelTask) => ['completed', 'failed', 'cancelled'].includes(task.status)

export function tenantOf(task: ModelTask): string {
  return task.tenant ?? NOBODY
}

export function rankOf(task: ModelTask): number {
  return 2 * task.priority + Number(task.started)
}

export function holderOf(model: Model, lease: string): ModelTask | undefined {
  return model.tasks.find(task => task.lease?.id === lease)
}

export function atWork(model: Model, of: (task: ModelTask) => boolean): number {
  return model.tasks.filter(task => task.lease !== undefined && of(task)).length
}

/** Whether a claim of these kinds could take it now, one more at work. */
export function isClaimable(model: Model, task: ModelTask, kinds: string[] | null): boolean {
  const { kind } = task
  const tenant = tenantOf(task)
  return (
    task.status === 'pending' &&
    (task.deadline === undefined || task.deadline > model.now) &&
    !model.paused.has(kind) &&
    (kinds === null || kinds.includes(kind)) &&
    atWork(model, other => other.kind === kind) < (model.kindCaps.get(kind) ?? Infinity) &&
    atWork(model, other => tenantOf(other) === tenant) < (model.tenantCaps.get(tenant) ?? Infinity)
  )
}

function hasToWait(model: Model, task: ModelTask): boolean {
  return hasOpenChildren(model, task) || openQuestions(task).length > 0 || ahead(model, task).length > 0
}

export function openQuestions(task: ModelTask): Question[] {
  return task.questions.filter(question => question.status === 'open')
}

/** The unfinished tasks of a session. */
function openIn(model: Model, session: string | undefined): ModelTask[] {
  return model.tasks.filter(task => session !== undefined && task.session === session && !isEnded(task))
}

/** Those that came before it in its session. */
function ahead(model: Model, task: ModelTask): ModelTask[] {
  return openIn(model, task.session).filter(other => model.tasks.indexOf(other) < model.tasks.indexOf(task))
}

/** Whether the session stands in the way of this edit of the status. */
export function isKeptByTurn(model: Model, task: ModelTask, status: string): boolean {
  if (!['pending', 'scheduled'].includes(status) || status === task.status) return false
  if (isEnded(task)) return openIn(model, task.session).length > 0
  return task.status === 'waiting' && ahead(model, task).length > 0
}

function hasOpenChildren(model: Model, task: ModelTask): boolean {
  return model.tasks.some(child => child.parent === task.id && !isEnded(child))
}

function familyOf(model: Model, task: ModelTask): ModelTask[] {
  const children = model.tasks.filter(child => child.parent === task.id)
  return [task, ...children.flatMap(child => familyOf(model, child))]
}

export function generationOf(model: Model, task: ModelTask): number {
  const parent = model.tasks.find(other => other.id === task.parent)
  return parent ? generationOf(model, parent) + 1 : 1
}

// What happens --------------------------------------------------------------------------------------------------------

export function addTask(model: Model, values: Pick<ModelTask, 'id'> & Partial<ModelTask>): ModelTask {
  const runAt = Math.max(values.runAt ?? 0, model.now)
  const task: ModelTask = {
    parent: undefined,
    childKey: undefined,
    tenant: null,
    kind: 'a',
    priority: 0,
    key: undefined,
    supersedeKey: undefined,
    session: undefined,
    questions: [],
    life: 1,
    attempt: 0,
    maxAttempts: 5,
    crashes: 0,
    snoozes: 0,
    cancel: false,
    started: false,
    deadline: undefined,
    lease: undefined,
    ...values,
    runAt,
    status: runAt > model.now ? 'scheduled' : 'pending',
  }
  if (task.supersedeKey !== undefined) {
    const same = (other: ModelTask) =>
      other.supersedeKey === task.supersedeKey && other.kind === task.kind && other.tenant === task.tenant
    for (const old of model.tasks.filter(same)) if (!isEnded(old)) cancel(model, old)
  }
  model.tasks.push(task)
  return task
}

/** Submits to a session. Gives false when it is refused as busy. */
export function say(model: Model, session: Session, values: Pick<ModelTask, 'id'> & Partial<ModelTask>): boolean {
  if (session.onBusy === 'interrupt') for (const open of openIn(model, session.id)) cancel(model, open)
  const isBusy = openIn(model, session.id).length > 0
  if (isBusy && session.onBusy === 'reject') return false
  const task = addTask(model, { ...values, session: session.id })
  if (isBusy) task.status = 'waiting'
  return true
}

/** What the first thing in each claim does. */
export function promote(model: Model): void {
  for (const task of model.tasks) {
    if (task.status === 'scheduled' && task.runAt <= model.now) task.status = 'pending'
    if (task.status === 'waiting' && !hasToWait(model, task)) {
      task.status = 'pending'
      task.runAt = model.now
    }
  }
}

export function take(model: Model, task: ModelTask, lease: string): void {
  task.status = 'processing'
  task.attempt += 1
  task.started = true
  task.lease = { id: lease, until: model.now + LEASE_SECONDS }
  model.everHeld.push({ task: task.id, lease })
}

/** Prolongs, and gives the verdict. */
export function beat(model: Model, lease: string): string {
  const task = holderOf(model, lease)
  if (!task?.lease) return 'lost'
  task.lease.until = model.now + LEASE_SECONDS
  if (task.cancel) return 'cancel'
  return task.deadline !== undefined && task.deadline <= model.now ? 'deadline' : 'ok'
}

/** Ends the attempt and gives the new status, or `lost`. */
export function settle(model: Model, lease: string, outcome: string): string {
  const task = holderOf(model, lease)
  if (!task) return 'lost'
  task.status = statusAfter(model, task, outcome)
  if (['released', 'snooze', 'waiting'].includes(outcome)) task.attempt = Math.max(0, task.attempt - 1)
  if (outcome === 'snooze' && task.status === 'scheduled') task.snoozes += 1
  task.lease = undefined
  return task.status
}

function statusAfter(model: Model, task: ModelTask, outcome: string): string {
  if (['completed', 'failed', 'cancelled'].includes(outcome)) return outcome
  if (task.cancel) return 'cancelled'
  if (outcome === 'released') return 'pending'
  if (outcome === 'waiting') return hasToWait(model, task) ? 'waiting' : 'pending'
  task.runAt = model.now + (outcome === 'retry' ? RETRY_SECONDS : SNOOZE_SECONDS)
  const spent = outcome === 'retry' ? task.attempt >= task.maxAttempts : task.snoozes >= 100
  return spent || (task.deadline !== undefined && task.runAt >= task.deadline) ? 'failed' : 'scheduled'
}

/** Takes the tasks of dead workers back; gives these. */
export function reap(model: Model): ModelTask[] {
  const dead = model.tasks.filter(task => task.lease && task.lease.until < model.now)
  for (const task of dead) {
    const crashes = task.crashes
    if (crashes === 1) task.runAt = model.now + 10
    task.crashes += 1
    task.lease = undefined
    if (task.cancel) task.status = 'cancelled'
    else if (crashes >= 2 || task.attempt >= task.maxAttempts) task.status = 'failed'
    else task.status = crashes === 1 ? 'scheduled' : 'pending'
  }
  return dead
}

/** What is asked by a task that has ended, or in a life that is over, is void. */
export function voidQuestions(model: Model): void {
  for (const task of model.tasks)
    for (const question of openQuestions(task)) if (isEnded(task) || question.life < task.life) question.status = 'void'
}

export function expireQuestions(model: Model): void {
  for (const task of model.tasks)
    for (const question of openQuestions(task))
      if (question.until !== undefined && question.until <= model.now) question.status = 'expired'
}

export function expire(model: Model): void {
  for (const task of model.tasks) {
    const waits = ['scheduled', 'pending', 'waiting'].includes(task.status)
    if (waits && task.deadline !== undefined && task.deadline <= model.now) task.status = 'failed'
  }
}

export function cancel(model: Model, root: ModelTask): void {
  for (const task of familyOf(model, root)) {
    if (isEnded(task)) continue
    task.cancel = true
    if (task.status !== 'processing') task.status = 'cancelled'
  }
}

/** An update of the status by hand. Gives false when it is refused. */
export function setStatus(model: Model, task: ModelTask, status: string): boolean {
  if (status !== task.status && ['processing', 'waiting'].includes(status)) return false
  const before = task.status
  const begins = ['pending', 'scheduled'].includes(status) && (before === 'processing' || isEnded(task))
  if (begins) {
    const later = task.deadline !== undefined && task.deadline > model.now
    Object.assign(task, { attempt: 0, crashes: 0, snoozes: 0, cancel: false, started: false, life: task.life + 1 })
    task.deadline = later ? task.deadline : undefined
  }
  if (status === 'pending') task.runAt = begins || before === 'waiting' ? model.now : Math.min(task.runAt, model.now)
  task.status = status
  if (status !== 'processing') task.lease = undefined
  return true
}

export function remove(model: Model, task: ModelTask): void {
  const gone = new Set(familyOf(model, task).map(member => member.id))
  model.tasks = model.tasks.filter(other => !gone.has(other.id))
}
