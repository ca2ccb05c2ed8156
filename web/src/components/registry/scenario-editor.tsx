import { Skeleton } from '@mantine/core'
import { useState } from 'react'
import type { Scenario } from '../../../../shared/client/scenario-rows.ts'
import type { ScenarioDefinition } from '../../../../shared/scenarios.ts'
import { useDefinition } from '../../hooks/scenarios/use-definition.ts'
import { useScenarioDraft } from '../../hooks/scenarios/use-scenario-draft.ts'
import { ErrorNote } from '../error-note.tsx'
import { DefinitionText } from './definition-diff.tsx'
import { DefinitionForm } from './definition-form.tsx'
import { EditorHead, type Side } from './editor-head.tsx'
import { HandoffGraph } from './handoff-graph.tsx'
import { SavePanel } from './save-panel.tsx'
import { TryPanel } from './try-panel.tsx'
import { VersionHistory } from './version-history.tsx'

type Props = { scenario: Scenario; mayEdit: boolean; userId: string }

/** A scenario: its definition to read or edit, and beside it what it is like, its history, or a chat with it. */
export function ScenarioEditor(props: Props) {
  const { id, version } = props.scenario
  const { data, error, isPlaceholderData } = useDefinition({ scenarioId: id, version })
  // What is shown until the newest is read is of the version before.
  const [known, setKnown] = useState<{ version: number; definition: ScenarioDefinition } | null>(null)
  if (data && !isPlaceholderData && known?.version !== version) setKnown({ version, definition: data })
  if (!known) {
    return error ? <ErrorNote error={error} title="The scenario cannot be read" /> : <Skeleton h={320} />
  }
  return <Editor {...props} latest={known} />
}

function Editor({ scenario, mayEdit, userId, latest }: Props & { latest: Parameters<typeof useScenarioDraft>[0] }) {
  const draft = useScenarioDraft(latest)
  const [side, show] = useState<Side>('graph')
  return (
    <>
      <EditorHead scenario={scenario} isDirty={draft.isDirty} side={side} show={show} />
      <div className="editor" data-side={side}>
        <div>{mayEdit ? <DefinitionForm draft={draft} /> : <DefinitionText definition={draft.definition} />}</div>
        <div className="editor-side">
          {side === 'graph' && <HandoffGraph definition={draft.definition} />}
          {side === 'history' && <VersionHistory scenario={scenario} mayEdit={mayEdit} userId={userId} />}
          {side === 'try' && <TryPanel scenario={scenario} isDirty={draft.isDirty} userId={userId} />}
          {mayEdit && <SavePanel draft={draft} id={scenario.id} enterpriseId={scenario.enterprise_id} />}
        </div>
      </div>
    </>
  )
}
