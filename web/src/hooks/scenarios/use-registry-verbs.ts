import type { Scenario } from '../../../../shared/client/scenario-rows.ts'
import {
  allowScenarioModel,
  type ScenarioDraft,
  saveScenario,
  setScenarioEnabled,
} from '../../../../shared/client/scenarios.ts'
import { supabase } from '../../supabase.ts'
import { useChange } from '../use-change.ts'

/** What admins can do with scenarios. */
export function useRegistryVerbs() {
  const { run, isBusy } = useChange()
  return {
    isBusy,
    /** Resolves with the number of the version, or with null if it was refused. */
    async save(draft: ScenarioDraft): Promise<number | null> {
      let saved: number | null = null
      const saving = async () => {
        saved = await saveScenario(supabase, draft)
        return saved
      }
      await run(saving, version => `Saved as version ${version}. Whoever begins from now on gets it.`)
      return saved
    },
    allowModel: (model: string, allowed: boolean) =>
      run(
        () => allowScenarioModel(supabase, model, allowed),
        allowed
          ? `Scenarios may name “${model}”.`
          : `Scenarios may not name “${model}” any more. Turns of those that do are refused.`,
      ),
    enable: ({ id, title }: Scenario, enabled: boolean) =>
      run(
        () => setScenarioEnabled(supabase, id, enabled),
        enabled ? `“${title}” can be begun again.` : `“${title}” begins no more conversations. Those under way go on.`,
      ),
  }
}
