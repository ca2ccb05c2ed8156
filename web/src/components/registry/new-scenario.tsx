import { Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { scenarioId } from '../../../../shared/scenarios.ts'
import { tabAddress } from '../../hooks/admin/use-admin-tab.ts'
import { useScenarioDraft } from '../../hooks/scenarios/use-scenario-draft.ts'
import { goTo } from '../../hooks/use-address.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import type { Rights } from '../../hooks/use-rights.ts'
import { newDefinition } from '../../words/definition-words.ts'
import { AddressLink } from '../address-link.tsx'
import { DefinitionForm } from './definition-form.tsx'
import { HandoffGraph } from './handoff-graph.tsx'
import { SavePanel } from './save-panel.tsx'

const everybody = ''

/** Where a scenario is made. */
export function NewScenario({ rights: { isPlatformAdmin, adminOf } }: { rights: Rights }) {
  const [first] = useState(() => ({ version: 0, definition: newDefinition() }))
  const draft = useScenarioDraft(first)
  const [id, setId] = useState('')
  const [owner, setOwner] = useState<string>(isPlatformAdmin ? everybody : (adminOf[0] ?? everybody))
  const names = useEnterpriseNames()
  const owners = [
    ...(isPlatformAdmin ? [{ value: everybody, label: 'everybody' }] : []),
    ...[...names]
      .filter(([each]) => isPlatformAdmin || adminOf.includes(each))
      .map(([value, label]) => ({ value, label })),
  ]
  const problem = id === '' ? undefined : scenarioId.safeParse(id).error?.issues[0]?.message
  return (
    <>
      <Text size="sm" mb="md">
        <AddressLink to={tabAddress('scenarios')}>All scenarios</AddressLink>
      </Text>
      <div className="editor">
        <Stack>
          <Group grow align="flex-start" className="surface editor-part">
            <TextInput
              label="Id"
              description="Programs name it by this; it stays"
              placeholder="front-desk"
              data-autofocus
              value={id}
              error={problem}
              onChange={event => setId(event.currentTarget.value)}
            />
            <Select
              label="Is of"
              description="Who can begin it"
              allowDeselect={false}
              data={owners}
              value={owner}
              onChange={value => setOwner(value ?? everybody)}
            />
          </Group>
          <DefinitionForm draft={draft} />
        </Stack>
        <div className="editor-side">
          <HandoffGraph definition={draft.definition} />
          <SavePanel
            draft={draft}
            id={problem ? '' : id}
            enterpriseId={owner === everybody ? null : owner}
            onSaved={() => goTo(tabAddress('scenarios', { scenario: id }), { replace: true })}
          />
        </div>
      </div>
    </>
  )
}
