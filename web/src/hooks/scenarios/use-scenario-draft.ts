import { useState } from 'react'
import { type ScenarioDefinition, scenarioDefinition } from '../../../../shared/scenarios.ts'
import { modelIssues } from '../../words/definition-words.ts'
import { useScenarioModels } from './use-scenario-models.ts'

const none: readonly string[] = []

/** A version of which a draft is made. */
export type Base = { version: number; definition: ScenarioDefinition }

/**
 * A definition as it is being edited. `latest` is the saved one: if another comes it is taken up at once, unless something
 * was edited; then `isBehind`, and nothing is lost until the user says so.
 */
export function useScenarioDraft(latest: Base) {
  const [base, setBase] = useState(latest)
  const [definition, setDefinition] = useState(latest.definition)
  const isDirty = JSON.stringify(definition) !== JSON.stringify(base.definition)
  const adopt = (newer: Base) => {
    setBase(newer)
    setDefinition(newer.definition)
  }
  if (latest.version > base.version && !isDirty) adopt(latest)
  const { error } = scenarioDefinition.safeParse(definition)
  const { data: models } = useScenarioModels()
  const issues = [
    ...(error?.issues ?? []).map(({ path, message }) => ({ at: path.join('.'), message })),
    // Until they are known, saving tells.
    ...(models ? modelIssues(definition, models) : []),
  ]
  return {
    definition,
    /** Those that it may name. */
    models: models ?? none,
    set: (part: Partial<ScenarioDefinition>) => setDefinition({ ...definition, ...part }),
    isDirty,
    /** What is wrong, each at its place: `agents.0.name`. */
    issues,
    /** What is wrong at a place, or below it. */
    problemAt: (place: string) =>
      issues.find(({ at }) => at === place || at.startsWith(`${place}.`))?.message ?? undefined,
    /** The version that the draft is made of. */
    version: base.version,
    isBehind: latest.version > base.version,
    /** Takes the saved version up instead of what was edited. */
    takeLatest: () => adopt(latest),
    /** Keeps what was edited, to be saved after the saved one. */
    keepMine: () => setBase(latest),
    /** The draft has been saved as this version. */
    onSaved: (version: number) => setBase({ version, definition }),
  }
}

/** A draft and what can be done with it. */
export type Draft = ReturnType<typeof useScenarioDraft>
