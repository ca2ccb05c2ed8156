import './drafts.css'
import { Badge, Button, Group, Skeleton, Text, Title } from '@mantine/core'
import { useState } from 'react'
import type { Draft, DraftHead } from '../../../../shared/client/draft-rows.ts'
import { draftAddress, useDraft, useDrafts, useDraftVerbs } from '../../hooks/drafts/use-drafts.ts'
import { useAddress } from '../../hooks/use-address.ts'
import { IconPlus } from '../../icons.ts'
import { draftKinds } from '../../words/draft-words.ts'
import { AddressLink, follow } from '../address-link.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { When } from '../when.tsx'
import { DraftEditor } from './draft-editor.tsx'

/** The user's drafts, or the one that the address names. */
export function DraftsPanel({ userId }: { userId: string }) {
  const named = useAddress().get('draft')
  const { drafts, error } = useDrafts(userId)
  const verbs = useDraftVerbs(userId)
  const open = drafts?.find(({ id }) => id === named) ?? null
  return (
    <div className="drafts">
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="lg">
        <div>
          <Title order={1} fz={{ base: 22, sm: 26 }} lts="-0.02em">
            Drafts
          </Title>
          <Text c="dimmed" size="sm">
            {named ? (
              <AddressLink to={draftAddress(null)}>All drafts</AddressLink>
            ) : (
              'Texts that agents have written for you, and your own. Nobody else sees them.'
            )}
          </Text>
        </div>
        <Button
          size="xs"
          variant="default"
          flex="none"
          leftSection={<IconPlus size={14} />}
          loading={verbs.isBusy && !named}
          onClick={() => void verbs.add()}
        >
          New draft
        </Button>
      </Group>
      {!drafts && error && <ErrorNote error={error} title="The drafts cannot be read" />}
      {!drafts && !error && <Skeleton h={220} />}
      {drafts && named && !open && <EmptyNote title="There is no such draft here">It may be deleted.</EmptyNote>}
      {open && <OpenDraft key={open.id} head={open} verbs={verbs} />}
      {drafts && !named && <DraftList drafts={drafts} />}
    </div>
  )
}

function OpenDraft({ head, verbs }: { head: DraftHead; verbs: ReturnType<typeof useDraftVerbs> }) {
  const { data, error } = useDraft(head)
  // While a newer one is read, the one before stays.
  const [known, setKnown] = useState<Draft | null>(null)
  if (data && data !== known) setKnown(data)
  if (known) return <DraftEditor saved={known} verbs={verbs} />
  return error ? <ErrorNote error={error} title="The draft cannot be read" /> : <Skeleton h={320} />
}

function DraftList({ drafts }: { drafts: readonly DraftHead[] }) {
  if (drafts.length === 0) {
    return (
      <EmptyNote title="There are no drafts yet">
        Ask the project writer, under Scenarios, to outline or write something, or begin one yourself.
      </EmptyNote>
    )
  }
  return (
    <ul className="plain-list draft-list" aria-label="Drafts">
      {drafts.map(({ id, title, kind, status, updated_at }) => (
        <li key={id}>
          <a
            className="surface pressable draft-card"
            href={draftAddress(id)}
            onClick={event => follow(event, draftAddress(id))}
          >
            <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Text>
            <Group gap="xs" mt={4}>
              <Text size="xs" c="dimmed">
                {draftKinds[kind]} · changed <When at={updated_at} />
              </Text>
              {status === 'final' && (
                <Badge size="xs" variant="light" tt="none">
                  final
                </Badge>
              )}
            </Group>
          </a>
        </li>
      ))}
    </ul>
  )
}
