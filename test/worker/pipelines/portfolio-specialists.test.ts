import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { call, say } from '../../../supabase/local/brain/script.ts'
import { DatabaseError } from '../../../worker/db.ts'
import { deltasOf, roomWithBrain, stepsOf, takeOver } from '../agents/arrange.ts'
import { intercept } from '../arrange.ts'
import { addInvestor } from './portfolio.ts'
import { responseOf, setPortfolioScene } from './portfolio-scene.ts'

const { scene, sql, begin, end, roomWithScripts, moderatedRoom, keptOf } = await setPortfolioScene()

describe('what the content check objects to', () => {
  const moderation = 'omni-moderation-latest'
  const writers = [
    ['report', 'Reporter', /^You are the Portfolio Reporter\b/],
    ['retirement', 'Retirement', /^You are the Retirement Specialist\b/],
  ] as const

  it.each(writers)(
    'in the %s is not stored, the planner hears why, and the others’ fields stay',
    async (field, ...who) => {
      const [name, agent] = who
      const heard: string[] = []
      const room = await moderatedRoom(
        moderation,
        { name, agent, turn: () => say('It is worth !flag hate.') },
        {
          name: 'Planner',
          agent: /^You are the Portfolio Planner\b/,
          turn: scene => {
            const specialists = ['invoke_reporter', 'invoke_charter', 'invoke_retirement']
            if (scene.turn === 0) return specialists.map(each => call(each, { input: 'Go.' }))
            heard.push(...scene.results(`invoke_${name.toLowerCase()}`).map(({ output }) => output))
            return scene.turn === 1 ? call('finalize_job', { summary: 'Most of it.', highlights: [] }) : say('Done.')
          },
        },
      )
      const held = await begin(room, await addInvestor(sql, 'one@x.test', { Depot: { WRLD: 60, BOND: 80 } }))
      const kept = responseOf(await end(room, held))
      expect(heard[0]).toBe('The answer was withheld by the content check (hate): rephrase it.')
      const texts = [kept.report_payload, kept.retirement_payload].map(each => each?.markdown)
      expect(texts.filter(Boolean)).toHaveLength(1)
      expect(kept[`${field}_payload`]).toBeNull()
      const deltas = await deltasOf(scene, held.task)
      const written = deltas.find(({ kind, data }) => kind === 'text' && JSON.stringify(data).includes('!flag'))
      expect(deltas.filter(delta => delta.step_key === written?.step_key).at(-1)?.kind).toBe('reset')
    },
  )

  it('in the summary is refused, and the planner may say it otherwise', async () => {
    const heard: string[] = []
    const room = await moderatedRoom(moderation, {
      name: 'Planner',
      agent: /^You are the Portfolio Planner\b/,
      turn: scene => {
        if (scene.turn === 0) return call('invoke_reporter', { input: 'Go.' })
        heard.push(...scene.results('finalize_job').map(({ output }) => output))
        if (scene.turn === 3) return say('Done.')
        return call('finalize_job', { summary: scene.turn === 1 ? 'A !flag hate.' : 'Better words.', highlights: [] })
      },
    })
    const held = await begin(room, await addInvestor(sql, 'one@x.test', { Depot: { WRLD: 60 } }))
    expect(responseOf(await end(room, held)).summary_payload.summary).toBe('Better words.')
    expect(heard[0]).toContain('withheld by the content check (hate)')
  })

  it('in a chart’s words is not drawn, and the charter may say it otherwise', async () => {
    const heard: string[] = []
    const chart = {
      position: 1,
      kind: 'bar',
      description: 'Two halves.',
      unit: 'percent',
      labels: ['A', 'B'],
      values: [50, 50],
      colors: ['#111111', '#222222'],
    }
    const room = await moderatedRoom(
      moderation,
      {
        name: 'Charter',
        agent: /^You are the Portfolio Charter\b/,
        turn: scene => {
          heard.push(...scene.results('create_chart').map(({ output }) => output))
          if (scene.turn === 2) return say('Drawn.')
          return call('create_chart', { ...chart, title: scene.turn === 0 ? 'A !flag hate.' : 'A and B' })
        },
      },
      {
        name: 'Planner',
        agent: /^You are the Portfolio Planner\b/,
        turn: scene => (scene.turn === 0 ? call('invoke_charter', { input: 'Go.' }) : say('Done.')),
      },
    )
    const held = await begin(room, await addInvestor(sql, 'one@x.test', { Depot: { WRLD: 60 } }))
    await end(room, held)
    expect(heard[0]).toContain('withheld by the content check (hate)')
    expect(JSON.stringify((await keptOf(held))?.charts_payload)).toMatch(/^(?!.*!flag).*A and B/)
  })

  it('in what the planner says ends the task, and what the specialists have stored stays', async () => {
    const room = await moderatedRoom(moderation, {
      name: 'Planner',
      agent: /^You are the Portfolio Planner\b/,
      turn: scene => (scene.turn === 0 ? call('invoke_reporter', { input: 'Go.' }) : say('A !flag violence.')),
    })
    const held = await begin(room, await addInvestor(sql, 'one@x.test', { Depot: { WRLD: 60 } }))
    expect(await end(room, held)).toMatchObject({ code: 'content_refused', retry: false })
    expect((await keptOf(held))?.report_payload).not.toBeNull()
  })
})

describe('a specialist that has not answered after five minutes', () => {
  /** The time limits of specialists; to call one ends it. */
  function holdFiveMinutes() {
    const over: (() => void)[] = []
    const start = globalThis.setTimeout
    const hold = (work: () => void, ms?: number, ...given: unknown[]) => {
      if (ms === 300_000) over.push(work)
      return start(work, ms, ...(given as []))
    }
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(Object.assign(hold, start))
    onTestFinished(() => void vi.restoreAllMocks())
    return over
  }

  it('is given up: the planner hears so, and the others’ fields stay', async () => {
    const heard: string[] = []
    const room = await roomWithScripts({
      name: 'Planner',
      agent: /^You are the Portfolio Planner\b/,
      turn: scene => {
        const others = [call('invoke_charter', { input: 'Go.' }), call('invoke_retirement', { input: 'Go.' })]
        if (scene.turn === 0) return [call('invoke_reporter', { input: '!silent' }), ...others]
        heard.push(...scene.results('invoke_reporter').map(({ output }) => output))
        return scene.turn === 1 ? call('finalize_job', { summary: 'No report.', highlights: [] }) : say('Done.')
      },
    })
    const over = holdFiveMinutes()
    const held = await begin(room, await addInvestor(sql, 'one@x.test', { Depot: { WRLD: 60, BOND: 80 } }))
    const result = end(room, held)
    await vi.waitFor(async () => {
      const steps = await stepsOf(scene, held.task)
      const isDone = (name: string) => steps.some(step => step.name === name && step.status === 'done')
      expect(['invoke_charter', 'invoke_retirement'].every(isDone)).toBe(true)
    }, 8_000)
    for (const end of over) end()
    const kept = responseOf(await result)
    expect(heard[0]).toBe('No answer came within 300 s.')
    expect((await stepsOf(scene, held.task)).filter(step => step.kind === 'retry')).toEqual([])
    expect(kept).toMatchObject({ report_payload: null, summary_payload: { summary: 'No report.' } })
    expect(kept.charts_payload).toHaveLength(5)
  })
})

describe('a report that cannot be stored', () => {
  it('ends the attempt instead of passing for an answer, and is stored by the next', async () => {
    const room = await roomWithBrain(scene)
    const held = await begin(room, await addInvestor(sql, 'one@x.test', { Depot: { WRLD: 60 } }))
    const db = intercept(room.db, {
      before: (name, args) => {
        const isReport = name === 'run_tool' && JSON.stringify(args).includes('"keep_payload"')
        if (isReport) throw new DatabaseError('Out of order.', '54000', undefined)
      },
    })
    expect(await end({ ...room, db }, held)).toBeInstanceOf(DatabaseError)
    const result = await end(room, await takeOver(scene, room, held))
    expect(responseOf(result).report_payload?.markdown).toContain('6,000')
  })
})
