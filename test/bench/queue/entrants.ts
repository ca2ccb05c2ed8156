import type { Contestant, Measure, Setting } from './contestants/contestant.ts'

/** A contestant in one of its settings. */
export type Entrant = { contestant: Contestant; setting: Setting }

/** All that take part in a measure. */
export function entrantsOf(contestants: Contestant[], measure: Measure): Entrant[] {
  return contestants.flatMap(contestant =>
    contestant.settings
      .filter(({ measures }) => !measures || measures.includes(measure))
      .map(setting => ({ contestant, setting })),
  )
}

export function nameOf({ contestant, setting }: Entrant): string {
  return `${contestant.name}, ${setting.name}`
}
