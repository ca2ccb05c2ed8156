import { Alert, Badge, Button, Group, Select, Stack, Text, Textarea, TextInput, Typography } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Draft, DraftFields } from '../../../../shared/client/draft-rows.ts'
import type { useDraftVerbs } from '../../hooks/drafts/use-drafts.ts'
import { sessionAddress } from '../../hooks/use-session-address.ts'
import { IconAlert, IconDelete } from '../../icons.ts'
import { draftKinds, problemOf } from '../../words/draft-words.ts'
import { AddressLink } from '../address-link.tsx'
import { MarkdownText } from '../markdown-text.tsx'
import { DeleteDraftDialog } from './delete-draft-dialog.tsx'

type Props = { saved: Draft; verbs: ReturnType<typeof useDraftVerbs> }

/** A draft to be worked on, and beside it how it looks. What agents write meanwhile is taken up, or told of. */
export function DraftEditor({ saved, verbs }: Props) {
  const [base, setBase] = useState(saved)
  const [fields, setFields] = useState<DraftFields>(saved)
  const [isDeleting, setDeleting] = useState(false)
  const { title, kind, content } = fields
  const isDirty = title !== base.title || kind !== base.kind || content !== base.content
  const adopt = (draft: Draft) => {
    setBase(draft)
    setFields(draft)
  }
  const isNewer = saved.updated_at > base.updated_at
  if (isNewer && !isDirty) adopt(saved)
  const set = (part: Partial<DraftFields>) => setFields({ ...fields, ...part })
  const problem = problemOf(fields)
  const store = async (more: Partial<DraftFields>, done: string) => {
    const stored = await verbs.change(base, { title: title.trim(), kind, content, ...more }, done)
    if (stored) adopt(stored)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void store({}, 'The draft is saved.')
  }
  const isFinal = base.status === 'final'
  const cannotSave = problem.title !== null || problem.content !== null || (isNewer && isDirty)
  return (
    <form onSubmit={submit} aria-label="Draft">
      <Stack>
        {isNewer && isDirty && <Newer takeTheirs={() => adopt(saved)} keepMine={() => setBase(saved)} />}
        <div className="draft-head">
          <TextInput
            label="Title"
            value={title}
            error={problem.title}
            onChange={event => set({ title: event.currentTarget.value })}
          />
          <Select
            label="Kind"
            allowDeselect={false}
            data={Object.entries(draftKinds).map(([value, label]) => ({ value, label }))}
            value={kind}
            onChange={value => value && set({ kind: value as DraftFields['kind'] })}
          />
        </div>
        <div className="draft-text">
          <Textarea
            label="Text (Markdown)"
            autosize
            minRows={16}
            value={content}
            error={problem.content}
            onChange={event => set({ content: event.currentTarget.value })}
          />
          <section aria-label="Preview">
            <Text size="sm" fw={600} lh={1.55}>
              Preview
            </Text>
            <Typography className="answer surface draft-preview">
              <MarkdownText text={content} isPart />
            </Typography>
          </section>
        </div>
        <Group justify="space-between" gap="sm">
          <Group gap="xs">
            <Button
              variant="subtle"
              color="red"
              size="xs"
              leftSection={<IconDelete size={14} />}
              onClick={() => setDeleting(true)}
            >
              Delete
            </Button>
            {base.session_id && (
              <Text size="sm">
                <AddressLink to={sessionAddress(base.session_id)}>The conversation it is from</AddressLink>
              </Text>
            )}
          </Group>
          <Group gap="xs">
            {isFinal && (
              <Badge variant="light" tt="none">
                final: agents leave it as it is
              </Badge>
            )}
            <Button
              variant="default"
              disabled={cannotSave || verbs.isBusy}
              onClick={() =>
                void (isFinal
                  ? store({ status: 'draft' }, 'It is a draft again.')
                  : store({ status: 'final' }, 'It is final. Agents leave it as it is.'))
              }
            >
              {isFinal ? 'Make it a draft again' : 'Mark as final'}
            </Button>
            <Button type="submit" disabled={cannotSave || !isDirty} loading={verbs.isBusy}>
              Save
            </Button>
          </Group>
        </Group>
      </Stack>
      <DeleteDraftDialog
        name={isDeleting ? base.title : null}
        close={() => setDeleting(false)}
        remove={() => verbs.remove(base)}
      />
    </form>
  )
}

function Newer({ takeTheirs, keepMine }: { takeTheirs: () => void; keepMine: () => void }) {
  return (
    <Alert role="alert" className="alarm-note" icon={<IconAlert size={18} />} title="It was changed meanwhile">
      <Text size="sm" mb="xs">
        By an agent, or by you in another window. What you have typed is still here.
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={keepMine}>
          Keep mine
        </Button>
        <Button size="xs" variant="default" onClick={takeTheirs}>
          Take the newer one
        </Button>
      </Group>
    </Alert>
  )
}
