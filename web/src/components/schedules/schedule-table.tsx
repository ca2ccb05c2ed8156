import { ActionIcon, Group, Switch, Text, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import type { Schedule } from '../../hooks/use-schedules.ts'
import { IconDelete, IconEdit } from '../../icons.ts'
import { shortId } from '../../words/number-words.ts'
import { cronName } from '../../words/schedule-words.ts'
import { type Column, DataTable } from '../data-table.tsx'
import { When } from '../when.tsx'
import { promptOf } from './draft-of.ts'
import { ScheduleState } from './schedule-state.tsx'

type Props = {
  schedules: Schedule[] | undefined
  userId: string
  /** Whether those of others are among them. */
  showsOwner: boolean
  isBusy: boolean
  empty: ReactNode
  pause: (schedule: Schedule, paused: boolean) => void
  edit: (schedule: Schedule) => void
  remove: (schedule: Schedule) => void
}

/** Schedules with what each asks, when, and what comes next. Only own ones can be changed. */
export function ScheduleTable({ schedules, userId, showsOwner, isBusy, empty, pause, edit, remove }: Props) {
  const names = useEnterpriseNames()
  const columns: Column<Schedule>[] = [
    {
      label: 'Schedule',
      isWide: true,
      render: schedule => (
        <>
          <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
            {schedule.name}
          </Text>
          <Text size="xs" c="dimmed" lineClamp={1} style={{ overflowWrap: 'anywhere' }}>
            {promptOf(schedule) || schedule.kind}
          </Text>
        </>
      ),
    },
    {
      label: 'When',
      width: 190,
      render: ({ cron, time_zone }) => (
        <>
          <Text size="sm">{cronName(cron)}</Text>
          <Text size="xs" c="dimmed">
            {time_zone}
          </Text>
        </>
      ),
    },
    ...(showsOwner
      ? [
          {
            label: 'For',
            width: 130,
            render: ({ enterprise_id, user_id }: Schedule) => (
              <>
                <Text size="sm" truncate maw={150}>
                  {enterprise_id ? (names.get(enterprise_id) ?? shortId(enterprise_id)) : 'no enterprise'}
                </Text>
                <Text span className="mono" c="dimmed" title={user_id}>
                  {user_id === userId ? 'you' : shortId(user_id)}
                </Text>
              </>
            ),
          },
        ]
      : []),
    { label: 'Next', width: 140, render: schedule => <ScheduleState schedule={schedule} /> },
    { label: 'Last', width: 100, render: ({ last_at }) => (last_at ? <When at={last_at} /> : 'never') },
    {
      label: 'Change',
      width: 170,
      render: schedule => (
        <Group gap={4} wrap="nowrap">
          <Switch
            aria-label={`${schedule.name} is on`}
            label={schedule.paused_at ? 'Off' : 'On'}
            miw={72}
            checked={schedule.paused_at === null}
            disabled={isBusy}
            onChange={event => pause(schedule, !event.currentTarget.checked)}
          />
          {schedule.user_id === userId && (
            <>
              <Tooltip label="Change it">
                <ActionIcon {...look} aria-label={`Change ${schedule.name}`} onClick={() => edit(schedule)}>
                  <IconEdit size={16} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label="Delete it">
                <ActionIcon {...look} aria-label={`Delete ${schedule.name}`} onClick={() => remove(schedule)}>
                  <IconDelete size={16} />
                </ActionIcon>
              </Tooltip>
            </>
          )}
        </Group>
      ),
    },
  ]
  return <DataTable caption="Schedules" columns={columns} rows={schedules} keyOf={({ id }) => id} empty={empty} />
}

const look = { variant: 'subtle', color: 'gray' } as const
