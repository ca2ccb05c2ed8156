import { count, counted } from './number-words.ts'

/** What admins may do with tasks. `reset_stuck` is a reset of all that are stuck, whichever these are. */
export type BulkVerb = 'cancel' | 'retry' | 'reset' | 'reset_stuck' | 'prioritize'

type Words = {
  /** On the button. */
  name: string
  /** What will happen. */
  promise: string
  /** What happened, after a number of tasks. */
  done: string
  /** Why the rest was left out, after a number. */
  rest: string
  /** Whether work is thrown away by it. */
  isGrave: boolean
}

/** The words for each verb. */
export const bulkWords: Record<BulkVerb, Words> = {
  cancel: {
    name: 'Cancel',
    promise:
      'Those that wait end at once. Those that run are told to stop and keep what they have written so far. The tasks that they have started are cancelled, too. Ended tasks stay as they are.',
    done: 'cancelled',
    rest: 'had ended or been cancelled already',
    isGrave: true,
  },
  retry: {
    name: 'Retry',
    promise: 'Failed and cancelled ones begin anew, as a new life of the same row. The others stay as they are.',
    done: 'started again',
    rest: 'had neither failed nor been cancelled',
    isGrave: false,
  },
  reset: {
    name: 'Reset',
    promise:
      'Running ones are taken from their workers and begin anew; what the old attempt still writes is refused. The others stay as they are.',
    done: 'reset',
    rest: 'were not running',
    isGrave: true,
  },
  reset_stuck: {
    name: 'Reset stuck tasks',
    promise:
      'All running tasks whose lease has run out, or whose worker has been silent for a minute, are taken from their workers and begin anew.',
    done: 'reset',
    rest: '',
    isGrave: false,
  },
  prioritize: {
    name: 'Set priority',
    promise: 'Higher ones go first within their enterprise. Ended tasks stay as they are.',
    done: 'given another priority',
    rest: 'had it already, or had ended',
    isGrave: false,
  },
}

/** The question before it is done: "Cancel 47 tasks?" */
export function askFor(verb: BulkVerb, tasks: number): string {
  if (verb === 'reset_stuck') return 'Reset all stuck tasks?'
  if (verb === 'prioritize') return `Set the priority of ${counted(tasks, 'task')}`
  return `${bulkWords[verb].name} ${counted(tasks, 'task')}?`
}

/** What came of it: "47 tasks cancelled; 3 had ended or been cancelled already." */
export function describeResult(verb: BulkVerb, asked: number, changed: number): string {
  const { done, rest } = bulkWords[verb]
  if (verb === 'reset_stuck')
    return changed === 0 ? 'No task was stuck any more.' : `${counted(changed, 'task')} reset.`
  const left = asked - changed
  const said = changed === 0 ? `No task was ${done}` : `${counted(changed, 'task')} ${done}`
  return left > 0 ? `${said}; ${count(left)} ${left === 1 ? rest.replace('were', 'was') : rest}.` : `${said}.`
}
