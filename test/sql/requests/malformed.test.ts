import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, setScene, user } from '../arrange.ts'

const { sql } = await setScene()
const people = await addPeople(sql)

/** Inserts a payload given as JSON text, as the owner; the rest of the row may be given too. */
function submitText(payload: string | null, values: { kind?: string; priority?: number } = {}) {
  const { kind = 'assistant', priority = 0 } = values
  return as(
    sql,
    user(people.owner),
    tx => tx`
    insert into public.agent_task_requests (request_payload, kind, priority)
    values (${payload}::text::jsonb, ${kind}, ${priority}) returning id`,
  )
}

function nested(levels: number, open = '{"a":', close = '}'): string {
  return `{"a":${open.repeat(levels - 1)}1${close.repeat(levels - 1)}}`
}

/** A payload of exactly so many bytes, as PostgreSQL writes it. */
function ofBytes(bytes: number): string {
  return `{"prompt": "${'x'.repeat(bytes - '{"prompt": ""}'.length)}"}`
}

describe('a malformed request is refused', () => {
  test.each(['[]', '["prompt"]', '"Why?"', '42', 'true', 'null', null])(
    'when its payload is %s, not an object',
    async payload => {
      await expect(submitText(payload)).rejects.toMatchObject({
        code: '22023',
        message: 'request_payload must be a JSON object.',
        hint: expect.stringContaining('{"prompt":'),
      })
    },
  )

  test('when its payload is larger than 256 KiB', async () => {
    await expect(submitText(ofBytes(262_145))).rejects.toMatchObject({
      code: '22023',
      message: 'request_payload has 262145 bytes; at most 262144 (256 KiB) are taken.',
      hint: expect.stringContaining('Storage'),
    })
  })

  test('when its payload is larger than 256 KiB in bytes, though not in characters', async () => {
    await expect(submitText(`{"prompt": "${'é'.repeat(140_000)}"}`)).rejects.toMatchObject({ code: '22023' })
  })

  test.each([
    ['objects', nested(33)],
    ['arrays', nested(33, '[', ']')],
    ['hundreds of arrays', nested(800, '[', ']')],
  ])('when its payload is nested deeper than 32 levels by %s', async (_, payload) => {
    await expect(submitText(payload)).rejects.toMatchObject({
      code: '22023',
      message: 'request_payload is nested deeper than 32 levels.',
      hint: 'Flatten it.',
    })
  })

  test('when its payload is nested so deep that PostgreSQL cannot read it', async () => {
    await expect(submitText(nested(100_000, '[', ']'))).rejects.toMatchObject({ code: '54001' })
  })

  test('when its payload has a null byte', async () => {
    await expect(submitText('{"prompt": "a\\u0000b"}')).rejects.toMatchObject({
      code: '22P05',
      detail: expect.stringContaining('\\u0000'),
    })
  })

  test('when its payload is no JSON', async () => {
    await expect(submitText('{prompt: "Why?"}')).rejects.toMatchObject({ code: '22P02' })
  })

  test.each([-1, 10])('when its priority is %i', async priority => {
    await expect(submitText('{}', { priority })).rejects.toMatchObject({
      code: '23514',
      constraint_name: 'priority_is_from_0_to_9',
    })
  })

  test.each(['', 'Assistant', 'my kind', '1st', 'a;b', 'x'.repeat(64), 'a\nb'])('when its kind is %j', async kind => {
    await expect(submitText('{}', { kind })).rejects.toMatchObject({
      code: '23514',
      message: `"${kind}" cannot be the name of a kind.`,
      hint: expect.stringContaining('lower-case'),
    })
  })

  test('and leaves no row behind', async () => {
    await expect(submitText('[]')).rejects.toThrow()
    expect(await sql`select from public.agent_task_requests`).toHaveLength(0)
  })
})

describe('a request at the edge is taken', () => {
  test('with a payload of 256 KiB', async () => {
    expect(await submitText(ofBytes(262_144))).toHaveLength(1)
  })

  test.each([
    ['objects', nested(32)],
    ['arrays', nested(32, '[', ']')],
  ])('with 32 levels of %s', async (_, payload) => {
    expect(await submitText(payload)).toHaveLength(1)
  })

  test.each([0, 9])('with priority %i', async priority => {
    expect(await submitText('{}', { priority })).toHaveLength(1)
  })

  test.each(['a', 'course_v2', 'a-b', `k${'x'.repeat(62)}`])(
    'with the kind %s, which a worker may or may not know',
    async kind => {
      expect(await submitText('{}', { kind })).toHaveLength(1)
    },
  )
})
