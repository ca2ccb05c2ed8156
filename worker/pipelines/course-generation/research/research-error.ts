type Code =
  | 'rate_limited'
  | 'timeout'
  | 'forbidden_by_robots'
  | 'not_found'
  | 'too_large'
  | 'unavailable'
  | 'unauthorized'
  | 'invalid'

/**
 * A failure that the agent is told of, in words it can act on: never fatal for the task. The words are ours alone and
 * there is no cause: what the clients throw may hold keys and text of strangers.
 */
export class ResearchError extends Error {
  override name = 'ResearchError'
  readonly code: Code
  /** Another try may succeed. */
  readonly isPassing: boolean
  /** The provider said to come back after so long. */
  readonly afterSeconds: number | undefined

  constructor(code: Code, message: string, options: { isPassing?: boolean; afterSeconds?: number | undefined } = {}) {
    super(message)
    this.code = code
    this.isPassing = options.isPassing ?? false
    this.afterSeconds = options.afterSeconds
  }
}
