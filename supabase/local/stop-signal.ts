const SAME_PRESS_MS = 500
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What somebody at the terminal, or the system, wants of us. */
export interface StopSignal {
  /** Aborts when we are to stop, or by `fail` when we cannot go on. */
  readonly signal: AbortSignal
  /** True when the stop was asked for, not forced by a failure. */
  wasAsked(): boolean
  /** Stops for a reason of our own. */
  fail(error: Error): void
  /** Registers what to do when somebody asks again, who means "at once". */
  onHurry(action: () => void): void
}

/** Takes over Ctrl-C and its like. npm repeats Ctrl-C, so what follows closely counts as the same press. */
export function listenForStop(): StopSignal {
  const controller = new AbortController()
  const asked = new Error('Asked to stop.')
  const actions: (() => void)[] = []
  let firstAt: number | undefined
  const stop = (): void => {
    firstAt ??= Date.now()
    if (Date.now() - firstAt > SAME_PRESS_MS) for (const action of actions) action()
    controller.abort(asked)
  }
  for (const each of SIGNALS) process.on(each, stop)
  return {
    signal: controller.signal,
    wasAsked: () => controller.signal.reason === asked,
    fail: error => controller.abort(error),
    onHurry: action => void actions.push(action),
  }
}
