import { afterAll, beforeAll, expect, it } from 'vitest'
import { makePlan } from './plan.ts'
import { playRound } from './round.ts'
import { openSite, type Site } from './site.ts'

// One short round, always the same one; `npm run chaos` plays many. A PostgreSQL of its own, since it is knocked down.
const SEED = 1
const SECONDS = 8

let site: Site | undefined
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site?.close())

it('nothing is lost or done twice while workers die and freeze, lines break and PostgreSQL falls', async () => {
  expect(site && (await playRound(site, makePlan(SEED, SECONDS))).breaches).toEqual([])
}, 180_000)
