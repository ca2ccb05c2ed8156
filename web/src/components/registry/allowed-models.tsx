import { TagsInput } from '@mantine/core'
import { useRegistryVerbs } from '../../hooks/scenarios/use-registry-verbs.ts'
import { useScenarioModels } from '../../hooks/scenarios/use-scenario-models.ts'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'

const someName = /^\S{1,100}$/

/** Where platform admins say which models scenarios may name. */
export function AllowedModels() {
  const { data: models, error } = useScenarioModels()
  const { allowModel } = useRegistryVerbs()
  const change = async (wanted: string[]) => {
    for (const model of wanted) if (!models?.includes(model)) await allowModel(model, true)
    for (const model of models ?? []) if (!wanted.includes(model)) await allowModel(model, false)
  }
  return (
    <Section
      title="Models"
      about="Agents have the worker’s own model, or one of these. Admins of enterprises choose from them, too."
    >
      {error && !models && <ErrorNote error={error} title="The models cannot be read" />}
      {models && (
        <div className="surface editor-part">
          <TagsInput
            label="Models that scenarios may name"
            placeholder={models.length === 0 ? 'None yet: type a name, and Enter' : 'Type a name, and Enter'}
            value={models}
            isDuplicate={(model, known) => known.includes(model)}
            onChange={wanted => void change(wanted.filter(model => someName.test(model)))}
          />
        </div>
      )}
    </Section>
  )
}
