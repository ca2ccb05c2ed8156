import { Button, Group, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { Scenario } from '../../../../shared/client/scenario-rows.ts'
import { useRegistryVerbs } from '../../hooks/scenarios/use-registry-verbs.ts'
import { type ScenarioVersion, useVersions } from '../../hooks/scenarios/use-versions.ts'
import { usePeople } from '../../hooks/use-people.ts'
import { personName } from '../../words/approval-words.ts'
import { ErrorNote } from '../error-note.tsx'
import { When } from '../when.tsx'
import { DefinitionDiff } from './definition-diff.tsx'

type Props = { scenario: Scenario; mayEdit: boolean; userId: string }

/** The versions of a scenario, what each changed, and the way back to it. */
export function VersionHistory({ scenario, mayEdit, userId }: Props) {
  const { data: versions, error } = useVersions(scenario)
  const people = usePeople(versions?.map(({ created_by }) => created_by) ?? [])
  const { save, isBusy } = useRegistryVerbs()
  const [open, setOpen] = useState<number | null>(scenario.version)
  if (!versions) return error ? <ErrorNote error={error} title="The history cannot be read" /> : <Skeleton h={180} />
  const restore = ({ version, definition }: ScenarioVersion) =>
    save({
      id: scenario.id,
      definition,
      version: scenario.version,
      note: `As in version ${version}.`,
      enterpriseId: null,
    })
  return (
    <ol className="plain-list surface editor-part" aria-label="Versions">
      {versions.map((each, index) => (
        <li key={each.version} className="version">
          <UnstyledButton
            w="100%"
            aria-expanded={open === each.version}
            onClick={() => setOpen(open === each.version ? null : each.version)}
          >
            <Text size="sm" fw={600}>
              Version {each.version}
              {each.note && (
                <Text span size="sm" fw={400}>
                  {' '}
                  – {each.note}
                </Text>
              )}
            </Text>
            <Text size="xs" c="dimmed">
              <When at={each.created_at} /> by {personName(each.created_by, userId, people)}
            </Text>
          </UnstyledButton>
          {open === each.version && (
            <Stack gap="xs" mt="xs">
              <DefinitionDiff before={versions[index + 1]?.definition ?? null} after={each.definition} />
              {mayEdit && each.version !== scenario.version && (
                <Group justify="flex-end">
                  <Button size="xs" variant="default" loading={isBusy} onClick={() => void restore(each)}>
                    Restore as a new version
                  </Button>
                </Group>
              )}
            </Stack>
          )}
        </li>
      ))}
    </ol>
  )
}
