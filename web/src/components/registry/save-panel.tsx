import { Alert, Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useRegistryVerbs } from '../../hooks/scenarios/use-registry-verbs.ts'
import type { Draft } from '../../hooks/scenarios/use-scenario-draft.ts'
import { IconAlert } from '../../icons.ts'
import { placeName } from '../../words/definition-words.ts'
import { counted } from '../../words/number-words.ts'

type Props = {
  draft: Draft
  id: string
  enterpriseId: string | null
  /** A new one is there then. */
  onSaved?: () => void
}

const mostShown = 6

/** Where a draft is saved as a version, or what keeps it from that. */
export function SavePanel({ draft, id, enterpriseId, onSaved }: Props) {
  const { definition, version, issues, isDirty, isBehind } = draft
  const { save, isBusy } = useRegistryVerbs()
  const [note, setNote] = useState('')
  const isNew = version === 0
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const saved = await save({ id, definition, version, note, enterpriseId })
    if (saved === null) return
    draft.onSaved(saved)
    setNote('')
    onSaved?.()
  }
  return (
    <form className="surface editor-part" aria-label="Save" onSubmit={event => void submit(event)}>
      <Stack gap="sm">
        {isBehind && <Behind draft={draft} />}
        {issues.length > 0 && (
          <Alert color="red" role="status" className="error-note" icon={<IconAlert size={18} />}>
            <Text size="sm" fw={600}>
              {counted(issues.length, 'thing')} {issues.length === 1 ? 'needs' : 'need'} care
            </Text>
            <List size="sm">
              {issues.slice(0, mostShown).map(({ at, message }) => (
                <List.Item key={`${at} ${message}`}>
                  {placeName(at, definition)}: {message}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        <TextInput
          label="What is new"
          placeholder="For the history"
          maxLength={500}
          value={note}
          onChange={event => setNote(event.currentTarget.value)}
        />
        <Group justify="space-between" gap="xs">
          <Text size="xs" c="dimmed">
            {isDirty || isNew ? 'Running conversations keep their version.' : 'Nothing has changed.'}
          </Text>
          <Button
            type="submit"
            loading={isBusy}
            disabled={issues.length > 0 || isBehind || !(isDirty || isNew) || id === ''}
          >
            {isNew ? 'Create' : 'Save as a new version'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Behind({ draft: { keepMine, takeLatest } }: { draft: Draft }) {
  return (
    <Alert
      role="alert"
      className="alarm-note"
      icon={<IconAlert size={18} />}
      title="Somebody has saved a newer version meanwhile"
    >
      <Text size="sm" mb="xs">
        What you have edited is still here. See under History what is new; then put yours after it, or take theirs.
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={keepMine}>
          Keep mine
        </Button>
        <Button size="xs" variant="default" onClick={takeLatest}>
          Take theirs
        </Button>
      </Group>
    </Alert>
  )
}
