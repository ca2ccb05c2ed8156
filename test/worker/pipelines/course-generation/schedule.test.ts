import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PrioritizedGap } from '../../../../shared/courses.ts'
import { frameCourse, pathOf, queriesFor } from '../../../../worker/pipelines/course-generation/schedule.ts'
import { synthesize } from '../../../../worker/pipelines/course-generation/synthesis.ts'

function gap(skill: string, current_level: number, required_level: number): PrioritizedGap {
  return { skill, current_level, required_level, importance: 3, priority: 50, priority_name: 'medium' }
}

const gaps = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 5 })).map(([from, by], index = 0) => {
    return gap(`Skill ${index}`, from, Math.min(5, from + by))
  }),
  { minLength: 1, maxLength: 10 },
)

describe('the frame of a course', () => {
  it('has a module for each gap, in the order of priority, and two for a wide one', () => {
    const { modules, left_out } = frameCourse([gap('SQL', 1, 4), gap('Charts', 2, 3)], null)
    expect(modules).toMatchObject([
      { number: 1, skill: 'SQL', from_level: 1, to_level: 3, hours: 4, depends_on: [] },
      { number: 2, skill: 'SQL', from_level: 3, to_level: 4, hours: 2, depends_on: [1] },
      { number: 3, skill: 'Charts', from_level: 2, to_level: 3, hours: 2, depends_on: [] },
    ])
    expect(left_out).toEqual([])
  })

  it('leaves out the least pressing gaps when fewer modules are asked for', () => {
    const { modules, left_out } = frameCourse([gap('SQL', 1, 4), gap('Charts', 2, 3), gap('Python', 0, 2)], 2)
    expect(modules.map(({ skill, to_level }) => [skill, to_level])).toEqual([
      ['SQL', 4],
      ['Charts', 3],
    ])
    expect(left_out).toEqual(['Python'])
  })

  it('has a module for each level at most, however many are asked for', () => {
    expect(frameCourse([gap('SQL', 1, 4)], 12).modules.map(({ to_level }) => to_level)).toEqual([2, 3, 4])
  })

  it('closes each gap that it takes, in steps that follow each other', () => {
    fc.assert(
      fc.property(gaps, fc.option(fc.integer({ min: 1, max: 12 })), (given, wanted) => {
        const { modules } = frameCourse(given, wanted)
        expect(modules.map(({ number }) => number)).toEqual(modules.map((_, index) => index + 1))
        expect(modules.length).toBeLessThanOrEqual(wanted ?? 6)
        for (const { number, from_level, to_level, depends_on, hours } of modules) {
          expect(to_level).toBeGreaterThan(from_level)
          expect(hours).toBe(2 * (to_level - from_level))
          for (const before of depends_on) expect(modules[before - 1]?.to_level).toBe(from_level)
          expect(depends_on.every(before => before < number)).toBe(true)
        }
      }),
    )
  })
})

describe('a learning path', () => {
  it('fills weeks by the hours there are, and lets a long module go on in the next', () => {
    const modules = [4, 2, 2, 1].map((hours, index) => ({ number: index + 1, hours }))
    expect(pathOf(modules, 3)).toEqual({
      duration_weeks: 3,
      learning_path: [
        { week: 1, modules: [1], hours: 4 },
        { week: 2, modules: [2], hours: 2 },
        { week: 3, modules: [3, 4], hours: 3 },
      ],
    })
  })

  it('has each module once, in its order, and ends when all hours are over', () => {
    const modules = fc.array(fc.constantFrom(0.5, 1, 2, 4, 10), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(modules, fc.constantFrom(0.5, 1, 3, 8, 40), (hours, perWeek) => {
        const { learning_path, duration_weeks } = pathOf(
          hours.map((each, index) => ({ number: index + 1, hours: each })),
          perWeek,
        )
        expect(learning_path.flatMap(week => week.modules)).toEqual(hours.map((_, index) => index + 1))
        const total = hours.reduce((sum, each) => sum + each, 0)
        expect(duration_weeks).toBe(Math.ceil(total / perWeek))
        expect(learning_path.at(-1)?.week).toBeLessThanOrEqual(duration_weeks)
      }),
    )
  })
})

it('queries name the subject, its depth, and where it goes wrong', () => {
  expect(queriesFor({ skill: 'Negotiation', to_level: 4 }, 'buyer')).toEqual([
    'Negotiation advanced techniques',
    'Negotiation common mistakes buyer',
  ])
})

describe('a synthesis', () => {
  it('merges what says the same, drops what has no source, and puts the best founded first', () => {
    const merged = synthesize([
      { claim: 'Keys matter.', sources: [2] },
      { claim: 'Indexes cost writes.', sources: [1, 3] },
      { claim: 'keys matter', sources: [1, 4] },
      { claim: 'Somebody said so.', sources: [] },
      { claim: '   ', sources: [9] },
    ])
    expect(merged.findings).toEqual([
      { claim: 'Keys matter.', sources: [1, 2, 4] },
      { claim: 'Indexes cost writes.', sources: [1, 3] },
    ])
    expect(merged.sources).toEqual([1, 2, 3, 4])
    expect(merged.remarks).toEqual(['Left out, for want of a source: "Somebody said so."'])
  })

  it('says when all rests on one source, or on none', () => {
    expect(synthesize([{ claim: 'A.', sources: [7] }]).remarks[0]).toContain('one source')
    expect(synthesize([{ claim: 'A.', sources: [] }]).remarks[1]).toContain('search with other words')
  })
})
