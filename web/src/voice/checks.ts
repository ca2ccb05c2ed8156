import type { ModerationDecision } from '../../../shared/scenario-results.ts'
import { moderate } from './server.ts'
import type { VoiceStore } from './voice-store.ts'

type Options = { store: VoiceStore; scenarioId: () => string | undefined; interrupt: () => void }

const ALLOWED: ModerationDecision = { flagged: false, action: 'allow', categories: [] }

/** Has answers checked as they come. What cannot be checked is withheld. */
export function createChecks({ store, scenarioId, interrupt }: Options) {
  let underWay = 0
  return {
    /** Something may yet be withheld. */
    areUnderWay: () => underWay > 0,
    async check(text: string): Promise<ModerationDecision> {
      // The SDK asks of each answer, also of one that calls a tool or hands over without a word.
      if (text.trim() === '') return ALLOWED
      underWay += 1
      try {
        const decision = await moderate(text, 'output', { scenario_id: scenarioId() ?? '' })
        store.log('here', { type: 'moderation', direction: 'output', ...decision })
        return decision
      } catch {
        // Stopped here and not by the SDK, which would ask the model for another answer, again and again.
        interrupt()
        store.withholdLatest()
        store.notice('An answer was withheld, since it could not be checked.')
        return ALLOWED
      } finally {
        underWay -= 1
      }
    },
  }
}
