import { Button, Group, NumberInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useLimits } from '../../hooks/admin/use-limits.ts'
import type { QueueOverview } from '../../hooks/admin/use-queue-overview.ts'
import { Section } from '../section.tsx'

type Days = number | string
const daysOf = (days: Days) => (days === '' ? null : Number(days))

/** How long ended tasks and the numbers of the charts are kept. */
export function KeepForm({ settings }: { settings: QueueOverview['settings'] }) {
  const { keep, isBusy } = useLimits()
  const [tasks, setTasks] = useState<Days>(settings.keep_tasks_days ?? '')
  const [minutes, setMinutes] = useState<Days>(settings.keep_minutes_days ?? '')
  const isChanged = daysOf(tasks) !== settings.keep_tasks_days || daysOf(minutes) !== settings.keep_minutes_days
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void keep(daysOf(tasks), daysOf(minutes))
  }
  return (
    <Section title="What is kept" about="In days; left empty it is kept for ever. What is older is removed for good.">
      <form onSubmit={submit} className="surface" style={{ padding: 'var(--mantine-spacing-md)' }}>
        <Group align="flex-end" gap="md">
          <NumberInput {...look} label="Ended tasks" value={tasks} onChange={setTasks} />
          <NumberInput {...look} label="Numbers of the charts" value={minutes} onChange={setMinutes} />
          <Button type="submit" variant="default" loading={isBusy} disabled={!isChanged}>
            Save
          </Button>
        </Group>
      </form>
    </Section>
  )
}

const look = { placeholder: 'For ever', min: 1, max: 36_500, allowDecimal: false, suffix: ' days', w: 190 } as const
