import { afterEach, describe, expect, it } from 'vitest'
import { enqueueDue } from '../../../worker/queue/schedules.ts'
import { addUser } from '../../support/roles.ts'
import { intercept, listenIn, only, outage, type Row, setScene } from '../arrange.ts'
import { startTransports, WAYS } from '../transports.ts'

const scene = await setScene()
const { sql, url } = scene
const owner = await addUser(sql, 'owner@liverow.test')

afterEach(async () => {
  await sql`delete from public.agent_task_schedules`
})

/** Does something by hand when the database's clock stands at a moment. */
function at(moment: string, act: (tx: typeof sql) => Promise<unknown>) {
  return sql.begin(async tx => {
    await tx`select set_config('worker.fake_now', ${moment}, true)`
    return act(tx as unknown as typeof sql)
  })
}

/** Makes a schedule at a moment; returns its id. */
async function plan(moment: string, cron: string, values: Row = {}): Promise<string> {
  const row = { user_id: owner, name: cron, cron, ...values }
  const rows = await at(moment, tx => tx`insert into public.agent_task_schedules ${tx(row)} returning id`)
  return only((rows as { id: string }[])[0]).id
}

function change(moment: string, values: Row) {
  return at(moment, tx => tx`update public.agent_task_schedules set ${tx(values)}`)
}

/** A worker's connection to a database whose clock stands at a moment. */
function workerAt(moment: string) {
  return scene.connect(`${url}?options=${encodeURIComponent(`-c worker.fake_now=${moment.replaceAll(' ', '\\ ')}`)}`)
}

/** One round of a worker at a moment; returns how many tasks it made. */
async function roundAt(moment: string, told = listenIn()): Promise<number> {
  return enqueueDue({ db: workerAt(moment), telemetry: told.telemetry })
}

async function roundsAt(...moments: string[]): Promise<void> {
  for (const moment of moments) await roundAt(moment)
}

/** The ticks that have their task, in the order of time, to the minute. */
async function ticks(): Promise<string[]> {
  const rows = await sql`select scheduled_for from public.agent_task_requests order by 1`
  return rows.map(row => row.scheduled_for.toISOString().replace(':00.000Z', 'Z'))
}

async function scheduleOf(id: string): Promise<Row> {
  const [row] = await sql`select * from public.agent_task_schedules where id = ${id}`
  return only(row)
}

function cancelAll() {
  return sql`update public.agent_task_requests set status = 'cancelled'`
}

describe('a schedule', () => {
  it('makes one task of each tick, whenever workers look', async () => {
    const id = await plan('2026-01-01T07:00:00Z', '0 8 * * *')
    expect(await roundAt('2026-01-01T07:00:15Z')).toBe(0)
    expect(await scheduleOf(id)).toMatchObject({ next_at: new Date('2026-01-01T08:00:00Z') })
    expect(await roundAt('2026-01-01T07:59:59.999Z')).toBe(0)
    expect(await roundAt('2026-01-01T08:00:00Z')).toBe(1)
    await roundsAt('2026-01-01T08:00:00Z', '2026-01-01T08:00:15Z', '2026-01-02T07:59:59Z', '2026-01-02T08:00:09Z')
    expect(await ticks()).toEqual(['2026-01-01T08:00Z', '2026-01-02T08:00Z'])
    expect(await scheduleOf(id)).toMatchObject({
      last_at: new Date('2026-01-02T08:00:00Z'),
      next_at: new Date('2026-01-03T08:00:00Z'),
    })
  })

  it('has no tick at the moment of its making, nor before', async () => {
    await plan('2026-01-01T08:00:00Z', '0 8 * * *', { backfill: 'all' })
    await roundsAt('2026-01-01T08:00:00Z', '2026-01-02T07:00:00Z')
    expect(await ticks()).toEqual([])
  })

  it('makes one task of each tick with several workers at once', async () => {
    for (let minute = 0; minute < 10; minute++) await plan('2026-01-01T07:00:00Z', `${minute} 8 * * *`)
    const workers = Array.from({ length: 4 }, () => roundAt('2026-01-01T08:30:00Z'))
    const made = await Promise.all(workers)
    expect(made.reduce((sum, each) => sum + each)).toBe(10)
    expect(await ticks()).toHaveLength(10)
    expect(new Set(await ticks()).size).toBe(10)
  })

  it('follows the clock of the database, back too', async () => {
    await plan('2026-01-01T07:00:00Z', '0 * * * *', { backfill: 'all' })
    await roundsAt('2026-01-01T10:30:00Z', '2026-01-01T08:30:00Z', '2026-01-01T09:30:00Z', '2026-01-01T11:00:01Z')
    expect(await ticks()).toEqual(['08', '09', '10', '11'].map(hour => `2026-01-01T${hour}:00Z`))
  })

  it('never goes back behind what has been dealt with', async () => {
    const id = await plan('2026-01-01T07:00:00Z', '0 * * * *')
    await roundAt('2026-01-01T10:30:00Z')
    // Makes a worker look again, on a clock that was put back.
    await change('2026-01-01T08:30:00Z', { backfill: 'all' })
    expect(await roundAt('2026-01-01T08:30:15Z')).toBe(0)
    const after = { ticked_to: new Date('2026-01-01T10:30:00Z'), next_at: new Date('2026-01-01T11:00:00Z') }
    expect(await scheduleOf(id)).toMatchObject(after)
  })
})

describe('ticks that were missed while no worker ran', () => {
  const MISSED = ['2026-01-01T08:00Z', '2026-01-01T09:00Z', '2026-01-01T10:00Z', '2026-01-01T11:00Z']

  it.each([
    ['skip', []],
    ['latest', MISSED.slice(3)],
    ['all', MISSED],
  ])('%s makes up for %j', async (backfill, expected) => {
    const id = await plan('2026-01-01T07:00:00Z', '0 * * * *', { backfill })
    await roundsAt('2026-01-01T07:00:15Z', '2026-01-01T11:20:00Z', '2026-01-01T11:20:15Z')
    expect(await ticks()).toEqual(expected)
    expect(await scheduleOf(id)).toMatchObject({ next_at: new Date('2026-01-01T12:00:00Z'), error: null })
  })

  it.each(['skip', 'latest', 'all'])('are none when a worker is only a little late: %s', async backfill => {
    await plan('2026-01-01T07:00:00Z', '0 8 * * *', { backfill })
    await roundAt('2026-01-01T08:04:59Z')
    expect(await ticks()).toEqual(['2026-01-01T08:00Z'])
  })

  it('are made up for even if no worker has ever looked', async () => {
    await plan('2026-01-01T07:00:00Z', '0 * * * *', { backfill: 'all' })
    await roundAt('2026-01-01T11:20:00Z')
    expect(await ticks()).toEqual(MISSED)
  })

  it('are at most a hundred in a round', async () => {
    const id = await plan('2026-01-01T07:00:00Z', '* * * * *', { backfill: 'all' })
    expect(await roundAt('2026-01-01T09:30:00Z')).toBe(100)
    expect(await scheduleOf(id)).toMatchObject({ ticked_to: new Date('2026-01-01T08:40:00Z') })
    await cancelAll()
    expect(await roundAt('2026-01-01T09:30:00Z')).toBe(50)
    const all = await ticks()
    expect([all[0], all.at(-1), new Set(all).size]).toEqual(['2026-01-01T07:01Z', '2026-01-01T09:30Z', 150])
    expect(await scheduleOf(id)).toMatchObject({ next_at: new Date('2026-01-01T09:31:00Z') })
  })

  it('wait for room in the queue of their owner, and are not lost', async () => {
    const id = await plan('2026-01-01T07:00:00Z', '* * * * *', { backfill: 'all' })
    await roundAt('2026-01-01T09:30:00Z')
    expect(await roundAt('2026-01-01T09:30:15Z')).toBe(0)
    expect(await scheduleOf(id)).toMatchObject({ error: { code: 'queue_full' }, paused_at: null })
    await cancelAll()
    expect(await roundAt('2026-01-01T09:31:15Z')).toBe(51)
    expect(await scheduleOf(id)).toMatchObject({ error: null })
    expect(new Set(await ticks()).size).toBe(151)
  })
})

describe('a pause', () => {
  it.each([
    ['skip', ['2026-01-01T08:00Z', '2026-01-01T12:00Z']],
    ['latest', ['2026-01-01T08:00Z', '2026-01-01T11:00Z', '2026-01-01T12:00Z']],
    ['all', ['08', '09', '10', '11', '12'].map(hour => `2026-01-01T${hour}:00Z`)],
  ])('holds ticks back; after it %s gives %j', async (backfill, expected) => {
    await plan('2026-01-01T07:00:00Z', '0 * * * *', { backfill })
    await roundAt('2026-01-01T08:00:01Z')
    await change('2026-01-01T08:30:00Z', { paused_at: new Date() })
    await roundsAt('2026-01-01T09:00:01Z', '2026-01-01T11:00:01Z')
    expect(await ticks()).toEqual(['2026-01-01T08:00Z'])
    // Within the five minutes in which a tick that nobody paused would still be in time.
    await change('2026-01-01T11:02:00Z', { paused_at: null })
    await roundsAt('2026-01-01T11:02:15Z', '2026-01-01T12:00:01Z')
    expect(await ticks()).toEqual(expected)
  })
})

describe('an edit', () => {
  it.each(['skip', 'latest', 'all'])('of the expression counts from then on: %s', async backfill => {
    await plan('2026-01-01T07:00:00Z', '0 8 * * *', { backfill })
    await roundAt('2026-01-01T07:00:15Z')
    await change('2026-01-01T12:30:30Z', { cron: '* * * * *' })
    await roundsAt('2026-01-01T12:30:45Z', '2026-01-01T12:31:01Z')
    expect(await ticks()).toEqual(['2026-01-01T12:31Z'])
  })

  it('of the time zone moves the next tick', async () => {
    const id = await plan('2026-01-01T05:00:00Z', '0 8 * * *')
    await roundAt('2026-01-01T05:00:15Z')
    await change('2026-01-01T05:30:00Z', { time_zone: 'Europe/Berlin' })
    await roundAt('2026-01-01T05:30:15Z')
    expect(await scheduleOf(id)).toMatchObject({ next_at: new Date('2026-01-01T07:00:00Z') })
  })

  it('that comes between reading and handing in wins', async () => {
    const id = await plan('2026-01-01T07:00:00Z', '0 8 * * *')
    const db = intercept(workerAt('2026-01-01T08:00:01Z'), {
      before: async name => {
        if (name === 'tick_schedule') await change('2026-01-01T08:00:01Z', { cron: '0 20 * * *' })
      },
    })
    expect(await enqueueDue({ db, telemetry: listenIn().telemetry })).toBe(0)
    await roundAt('2026-01-01T08:00:16Z')
    expect(await ticks()).toEqual([])
    expect(await scheduleOf(id)).toMatchObject({ next_at: new Date('2026-01-01T20:00:00Z') })
  })
})

describe('when clocks are changed', () => {
  // [what, time zone, cron, made at, looked at, ticks]. Berlin: 29 March 01:00Z and 25 October 01:00Z 2026; New York:
  // 8 March 07:00Z and 1 November 06:00Z.
  const SPRING_BERLIN = ['2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z']
  const AUTUMN_BERLIN = ['2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z']
  const SPRING_NEW_YORK = ['2026-03-07T12:00:00Z', '2026-03-09T12:00:00Z']
  const AUTUMN_NEW_YORK = ['2026-10-31T12:00:00Z', '2026-11-02T12:00:00Z']

  it.each([
    ['Europe/Berlin', '30 2 * * *', SPRING_BERLIN, ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    [
      'Europe/Berlin',
      '30 2,14 * * *',
      SPRING_BERLIN,
      ['2026-03-28T13:30Z', '2026-03-29T01:00Z', '2026-03-29T12:30Z', '2026-03-30T00:30Z'],
    ],
    ['Europe/Berlin', '0 9 * * *', SPRING_BERLIN, ['2026-03-29T07:00Z', '2026-03-30T07:00Z']],
    ['Europe/Berlin', '30 2 * * *', AUTUMN_BERLIN, ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['Europe/Berlin', '0 9 * * *', AUTUMN_BERLIN, ['2026-10-25T08:00Z', '2026-10-26T08:00Z']],
    ['America/New_York', '30 2 * * *', SPRING_NEW_YORK, ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
    ['America/New_York', '30 1 * * *', AUTUMN_NEW_YORK, ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
  ])('a time of day in %s comes once a day: %s', async (time_zone, cron, [made = '', looked = ''], expected) => {
    await plan(made, cron, { time_zone, backfill: 'all' })
    await roundAt(looked)
    expect(await ticks()).toEqual(expected)
  })

  it.each([
    ['Europe/Berlin', '2026-03-28T23:45:00Z', '2026-03-29T03:45:00Z'],
    ['Europe/Berlin', '2026-10-24T23:45:00Z', '2026-10-25T03:45:00Z'],
    ['America/New_York', '2026-03-08T05:45:00Z', '2026-03-08T09:45:00Z'],
    ['America/New_York', '2026-11-01T04:45:00Z', '2026-11-01T08:45:00Z'],
  ])('an hourly schedule in %s keeps its hours, from %s', async (time_zone, made, looked) => {
    await plan(made, '30 * * * *', { time_zone, backfill: 'all' })
    await roundAt(looked)
    const hours = (await ticks()).map(tick => Date.parse(tick))
    expect(hours).toEqual(Array.from({ length: 4 }, (_, n) => Date.parse(made) + (n + 0.75) * 3_600_000))
  })

  it.each([
    ['in one round', ['2026-10-25T06:00:00Z']],
    ['every half hour', Array.from({ length: 13 }, (_, n) => new Date(Date.UTC(2026, 9, 25, 0, n * 30)).toISOString())],
    ['now and then', ['2026-10-25T00:59:59Z', '2026-10-25T01:00:00Z', '2026-10-25T01:15:00Z', '2026-10-25T06:00:00Z']],
  ])('the ticks are the same, however the rounds fall: %s', async (_, moments) => {
    await plan('2026-10-24T23:59:00Z', '*/15 1-3 * * *', { time_zone: 'Europe/Berlin', backfill: 'all' })
    await roundsAt(...moments)
    // 02:00 to 02:59 comes twice.
    const quarters = Array.from({ length: 12 }, (_, n) => new Date(Date.UTC(2026, 9, 25, 0, n * 15)).toISOString())
    expect(await ticks()).toEqual(quarters.map(text => text.replace(':00.000Z', 'Z')))
  })

  it.each(['latest', 'skip'])('a round a minute finds every tick: %s', async backfill => {
    await plan('2026-10-25T00:20:00Z', '30 2 * * *', { time_zone: 'Europe/Berlin', backfill })
    await plan('2026-10-25T00:20:00Z', '30 * * * *', { time_zone: 'Europe/Berlin', backfill })
    await roundsAt('2026-10-25T00:30:05Z', '2026-10-25T00:31:05Z', '2026-10-25T01:30:05Z', '2026-10-25T01:31:05Z')
    expect(await ticks()).toEqual(['2026-10-25T00:30Z', '2026-10-25T00:30Z', '2026-10-25T01:30Z'])
  })
})

describe('a schedule that cannot be followed', () => {
  it.each([
    [
      '61 * * * *',
      'invalid_cron',
      /^"61 \* \* \* \*" cannot be read: Invalid value for minute: 61\. Write five fields/,
    ],
    ['0 8 * * XYZ', 'invalid_cron', /cannot be read: .+ Write five fields/],
    ['5/5 * * * *', 'invalid_cron', /cannot be read: .+ Write five fields/],
    ['0 0 30 2 *', 'invalid_cron', /^"0 0 30 2 \*" names no moment that ever comes: change it\.$/],
  ])('is paused with a message, and stops no other: %s', async (cron, code, message) => {
    const bad = await plan('2026-01-01T06:00:00Z', cron)
    await plan('2026-01-01T07:00:00Z', '0 8 * * *')
    expect(await roundAt('2026-01-01T08:00:01Z')).toBe(1)
    const error = { code, message: expect.stringMatching(message) }
    expect(await scheduleOf(bad)).toMatchObject({ error, paused_at: new Date('2026-01-01T08:00:01Z'), next_at: null })
    expect(await roundAt('2026-01-01T08:00:16Z')).toBe(0)
  })

  it('is paused when the worker does not know its time zone', async () => {
    const bad = await plan('2026-01-01T07:00:00Z', '0 8 * * *', { time_zone: 'Factory' })
    await roundAt('2026-01-01T08:00:01Z')
    const message = 'There is no time zone "Factory". Take a name of the IANA database, such as "Europe/Berlin".'
    expect(await scheduleOf(bad)).toMatchObject({ error: { code: 'invalid_time_zone', message } })
  })

  it('goes on once it is mended and resumed', async () => {
    const id = await plan('2026-01-01T07:00:00Z', '61 * * * *')
    await roundAt('2026-01-01T07:30:00Z')
    await change('2026-01-01T07:45:00Z', { cron: '1 * * * *', paused_at: null })
    await roundAt('2026-01-01T08:01:00Z')
    expect(await ticks()).toEqual(['2026-01-01T08:01Z'])
    expect(await scheduleOf(id)).toMatchObject({ error: null })
  })
})

describe('a worker', () => {
  it('that dies between reading and handing in leaves the tick to the next one', async () => {
    await plan('2026-01-01T07:00:00Z', '0 8 * * *')
    const db = intercept(workerAt('2026-01-01T08:00:01Z'), {
      before: name => {
        if (name === 'tick_schedule') throw outage()
      },
    })
    await expect(enqueueDue({ db, telemetry: listenIn().telemetry })).rejects.toThrow('cannot be reached')
    expect(await roundAt('2026-01-01T08:00:16Z')).toBe(1)
    expect(await ticks()).toEqual(['2026-01-01T08:00Z'])
  })

  it('that does not hear the answer makes no second task', async () => {
    await plan('2026-01-01T07:00:00Z', '0 8 * * *')
    const db = intercept(workerAt('2026-01-01T08:00:01Z'), {
      after: name => {
        if (name === 'tick_schedule') throw outage()
      },
    })
    await expect(enqueueDue({ db, telemetry: listenIn().telemetry })).rejects.toThrow('cannot be reached')
    expect(await roundAt('2026-01-01T08:00:16Z')).toBe(0)
    expect(await ticks()).toEqual(['2026-01-01T08:00Z'])
  })

  it('tells of a schedule that the database refuses, and goes on with the others', async () => {
    const bad = await plan('2026-01-01T06:00:00Z', '0 8 * * *', { kind: 'broken' })
    await plan('2026-01-01T07:00:00Z', '0 8 * * *')
    await sql.unsafe(`
      create function public.break() returns trigger language plpgsql as $$ begin raise exception 'Broken.'; end $$;
      create trigger break before insert on public.agent_task_requests
        for each row when (new.kind = 'broken') execute function public.break()`)
    const told = listenIn()
    expect(await roundAt('2026-01-01T08:00:01Z', told)).toBe(1)
    await sql`drop function public.break cascade`
    expect(told.of('databaseFailed')).toEqual([['schedule', expect.objectContaining({ code: 'P0001' })]])
    expect(await scheduleOf(bad)).toMatchObject({ paused_at: null, last_at: null })
    expect(await roundAt('2026-01-01T08:00:16Z')).toBe(1)
  })
})

describe('over either transport', async () => {
  const transports = await startTransports()

  it.each(WAYS)('%s: ticks are made and schedules refused', async way => {
    const db = transports.open(way)
    const user_id = await addUser(transports.sql, `${way}@liverow.test`)
    const insert = async (cron: string) => {
      const row = { user_id, name: way, cron, backfill: 'all' }
      const [made] = await transports.sql`
        insert into public.agent_task_schedules ${transports.sql(row)} returning id`
      return only(made).id
    }
    const [good, bad] = [await insert('* * * * *'), await insert('61 * * * *')]
    await transports.sql`
      update public.agent_task_schedules set ticked_to = now() - interval '3 minutes' where id = ${good}`
    expect(await enqueueDue({ db, telemetry: listenIn().telemetry })).toBe(3)
    const made = await transports.sql`select from public.agent_task_requests where schedule_id = ${good}`
    expect(made).toHaveLength(3)
    const [refused] = await transports.sql`select error from public.agent_task_schedules where id = ${bad}`
    expect(refused?.error).toMatchObject({ code: 'invalid_cron' })
  })
})
