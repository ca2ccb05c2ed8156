import type { Schedule, ScheduleDraft } from '../../hooks/use-schedules.ts'

/** What the form begins with: the schedule as it is, or a new one in the reader's own time zone. */
export function draftOf(schedule: Schedule | null, enterpriseId: string | null): ScheduleDraft {
  if (schedule) {
    const { name, cron, time_zone, kind, request_payload, priority, backfill, enterprise_id } = schedule
    return { name, cron, time_zone, kind, request_payload, priority, backfill, enterprise_id }
  }
  return {
    name: '',
    cron: '0 9 * * 1-5',
    time_zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    kind: 'assistant',
    request_payload: { prompt: '' },
    backfill: 'latest',
    enterprise_id: enterpriseId,
  }
}

/** What a schedule asks. */
export function promptOf({ request_payload }: Pick<ScheduleDraft, 'request_payload'>): string {
  if (typeof request_payload !== 'object' || Array.isArray(request_payload)) return ''
  return typeof request_payload.prompt === 'string' ? request_payload.prompt : ''
}
