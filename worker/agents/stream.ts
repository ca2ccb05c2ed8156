import type { Json } from '../../shared/database.types.ts'
import { type Delta, type DeltasMessage, isMainText, type Step, taskTopic } from '../../shared/deltas.ts'
import { storable } from '../db.ts'
import type { Task } from '../task.ts'
import type { Broadcast } from './broadcast.ts'
import type { Left, Store } from './store.ts'

/** At most so often is a task's stream written: a reader sees text flow, the database a few writes a second. */
const BATCH_MS = 200
/** With many streams open in one process each is written less often, once a second at the least. */
const MOST_BATCH_MS = 1_000
/** Tool inputs and outputs are shortened in the stream; the journal has them whole. */
const LONGEST_SHOWN = 8_000

/** What happens in one attempt, on its way to the browser. Nothing here is waited for by a running model call. */
export type Stream = {
  text: (stepKey: string, text: string) => void
  /** Withdraws the text of a call that is made again. Does nothing if none was sent. */
  reset: (stepKey: string) => void
  /** Withdraws all text, or that of the nested agent of a scope: a guardrail refused it. */
  withdraw: (scope?: string) => void
  /** What has been sent as done is not sent again. */
  step: (step: Step) => void
  agent: (name: string) => void
  /** A model call failed and is made again after a pause. */
  retry: (stepKey: string, code: string, seconds: number) => void
  /** A tool call waits for a person. */
  asked: (question: string) => void
  /** The text of the main run so far. */
  textSoFar: () => string
  /** Text of an earlier attempt. Its readers have it already, unless this task is a fork. */
  recall: (stepKey: string, text: string) => void
  /** Resolves when all is written. @throws when the database refuses it. */
  flush: () => Promise<void>
  /** Writes what still can be written; what comes later, from a tool left behind, is dropped. */
  close: () => Promise<void>
}

let open = 0

export function openStream(task: Task, store: Store, broadcast: Broadcast, left: Left): Stream {
  const texts = new Map<string, string>()
  // Of which calls readers have text, and of which steps the end; the key of a model call may stand in both.
  const sent = new Set(left.streamed.filter(isTextKey))
  const ended = new Set(left.streamed.filter(key => !isTextKey(key)))
  let seq = left.last_seq
  let waiting: Delta[] = []
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let wroteAt = 0
  let failure: unknown
  let closed = false
  let watched = left.watched
  open += 1

  const write = async () => {
    wroteAt = performance.now()
    const deltas = storable(waiting)
    waiting = []
    watched = await store.appendDeltas(deltas)
    // Nobody there: who comes later reads the rows first.
    if (!watched) return
    broadcast(taskTopic(task.id), 'deltas', { task_id: task.id, life: task.life, deltas } satisfies DeltasMessage)
  }

  // One write at a time; what comes meanwhile waits for the next. The first delta after a pause goes at once.
  const writeSoon = () => {
    if (writing || timer || waiting.length === 0) return
    const wait = Math.max(0, wroteAt + Math.min(BATCH_MS + open, MOST_BATCH_MS) - performance.now())
    timer = setTimeout(() => void writeNow(), wait)
  }
  const writeNow = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = write()
      .catch(error => {
        // Whatever followed a refused batch would leave a hole, for which readers would wait.
        failure = error
        waiting = []
      })
      .finally(() => {
        writing = undefined
      })
    await writing
    writeSoon()
  }

  const push = (delta: Delta extends infer D ? (D extends Delta ? Omit<D, 'seq'> : never) : never) => {
    if (closed || failure) return
    const last = waiting.at(-1)
    if (delta.kind === 'text' && last?.kind === 'text' && last.step_key === delta.step_key) {
      last.data.text += delta.data.text
      return
    }
    seq += 1
    waiting.push({ ...delta, seq } as Delta)
    writeSoon()
  }

  const withdraw = (step_key: string) => {
    texts.delete(step_key)
    if (sent.delete(step_key)) push({ kind: 'reset', step_key, data: {} })
  }

  const flush = async () => {
    while (writing || waiting.length > 0) await (writing ?? writeNow())
    if (failure) throw failure
  }

  return {
    text: (step_key, text) => {
      texts.set(step_key, (texts.get(step_key) ?? '') + text)
      sent.add(step_key)
      push({ kind: 'text', step_key, data: { text } })
    },
    reset: withdraw,
    step: step => {
      if (ended.has(step.key)) return
      if (step.status === 'done') ended.add(step.key)
      push({ kind: 'step', step_key: step.key, data: { ...step, ...shortened(step) } })
    },
    agent: name => push({ kind: 'agent', step_key: '', data: { name } }),
    retry: (step_key, code, seconds) => push({ kind: 'retry', step_key, data: { code, seconds } }),
    asked: step_key => {
      push({ kind: 'asked', step_key, data: {} })
    },
    withdraw: scope => {
      for (const step_key of [...texts.keys()]) {
        if (scope === undefined || step_key.startsWith(`model:${scope}:`)) withdraw(step_key)
      }
    },
    recall: (step_key, text) => {
      texts.set(step_key, text)
      if (!text || sent.has(step_key)) return
      sent.add(step_key)
      push({ kind: 'text', step_key, data: { text } })
    },
    textSoFar: () => [...texts].flatMap(([key, text]) => (isMainText(key) && text) || []).join('\n\n'),
    flush,
    close: async () => {
      // How the attempt ends has been decided by now; a stream that cannot be completed does not change it.
      await flush().catch(() => undefined)
      if (!closed) open -= 1
      closed = true
    },
  }
}

function isTextKey(key: string): boolean {
  return key.startsWith('model:')
}

function shortened({ input, output }: Step): Pick<Step, 'input' | 'output'> {
  return {
    ...(input !== undefined && { input: shorten(input) }),
    ...(output !== undefined && { output: shorten(output) }),
  }
}

function shorten(value: Json): Json {
  const text = JSON.stringify(value)
  return text.length <= LONGEST_SHOWN ? value : `${text.slice(0, LONGEST_SHOWN)}…`
}
