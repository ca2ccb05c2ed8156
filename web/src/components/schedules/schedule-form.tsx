import { Autocomplete, Button, Group, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { kinds } from '../../../../shared/kinds.ts'
import type { Enterprise } from '../../hooks/use-enterprises.ts'
import type { Schedule, ScheduleDraft } from '../../hooks/use-schedules.ts'
import { backfillNames, commonTimes, previewOf, tidyCron } from '../../words/schedule-words.ts'
import { draftOf, promptOf } from './draft-of.ts'
import { NextRuns } from './next-runs.tsx'

type Props = {
  schedule: Schedule | null
  enterprises: Enterprise[]
  isBusy: boolean
  close: () => void
  save: (draft: ScheduleDraft) => void
}

const prompts = kinds.assistant.request.shape.prompt
const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC')]
const times = commonTimes.map(({ value }) => value)
const labels = new Map(commonTimes.map(({ value, label }) => [value, label]))

/** What to ask, and when; shows the next runs as it is filled in. */
export function ScheduleForm({ schedule, enterprises, isBusy, close, save }: Props) {
  const [draft, setDraft] = useState(() => draftOf(schedule, enterprises[0]?.id ?? null))
  const set = (changes: Partial<ScheduleDraft>) => setDraft({ ...draft, ...changes })
  const prompt = promptOf(draft)
  const timeZone = draft.time_zone ?? 'UTC'
  const problem = prompts.safeParse(prompt).error?.issues[0]?.message
  const hasRuns = 'runs' in previewOf({ cron: tidyCron(draft.cron), time_zone: timeZone })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    save({ ...draft, name: draft.name.trim(), cron: tidyCron(draft.cron) })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          maxLength={200}
          data-autofocus
          value={draft.name}
          onChange={event => set({ name: event.currentTarget.value })}
        />
        <Textarea
          label="Question"
          required
          withAsterisk={false}
          autosize
          minRows={2}
          maxRows={8}
          value={prompt}
          error={prompt.trim() ? problem : undefined}
          onChange={event =>
            set({ request_payload: { ...objectOf(draft.request_payload), prompt: event.currentTarget.value } })
          }
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Autocomplete
            label="When"
            description="Minute, hour, day, month, day of week"
            required
            withAsterisk={false}
            data={times}
            filter={({ options, search }) => (!search || times.includes(search) ? options : [])}
            renderOption={({ option }) => labels.get(option.value) ?? option.value}
            comboboxProps={{ withinPortal: true }}
            maxDropdownHeight={280}
            spellCheck={false}
            value={draft.cron}
            onChange={cron => set({ cron })}
          />
          <Select
            label="Time zone"
            description="Its summer time is followed"
            searchable
            allowDeselect={false}
            data={zones.includes(timeZone) ? zones : [timeZone, ...zones]}
            value={timeZone}
            limit={100}
            onChange={zone => zone && set({ time_zone: zone })}
          />
        </SimpleGrid>
        <NextRuns cron={tidyCron(draft.cron)} timeZone={timeZone} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Select
            label="Runs that were missed"
            description="While paused, or while no worker ran"
            allowDeselect={false}
            data={Object.entries(backfillNames).map(([value, label]) => ({ value, label }))}
            value={draft.backfill ?? 'latest'}
            onChange={backfill => backfill && set({ backfill })}
          />
          {!schedule && enterprises.length > 0 && (
            <Select
              label="For"
              description="Whose limits count"
              allowDeselect={false}
              data={[
                ...enterprises.map(({ id, name }) => ({ value: id, label: name })),
                { value: '', label: 'me alone' },
              ]}
              value={draft.enterprise_id ?? ''}
              onChange={id => set({ enterprise_id: id || null })}
            />
          )}
        </SimpleGrid>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Back
          </Button>
          <Button type="submit" loading={isBusy} disabled={!hasRuns || problem !== undefined || !draft.name.trim()}>
            {schedule ? 'Save' : 'Schedule it'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function objectOf(payload: ScheduleDraft['request_payload']) {
  return typeof payload === 'object' && !Array.isArray(payload) ? payload : {}
}
