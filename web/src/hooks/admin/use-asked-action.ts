import { useState } from 'react'
import { type BulkAction, useBulkVerbs } from './use-bulk-verbs.ts'

/** What an admin has asked for and not yet confirmed, in the terms of `ConfirmDialog`. `onDone` hears of its success. */
export function useAskedAction(onDone?: () => void) {
  const [action, ask] = useState<BulkAction | null>(null)
  const { run, isBusy } = useBulkVerbs()
  const confirm = async (confirmed: BulkAction) => {
    const isDone = await run(confirmed)
    ask(null)
    if (isDone) onDone?.()
  }
  return { ask, dialog: { action, isBusy, confirm: (it: BulkAction) => void confirm(it), close: () => ask(null) } }
}
