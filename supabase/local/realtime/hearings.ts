import type { Change } from './pgoutput.ts'
import type { Subscription } from './subscriptions.ts'

/** A change and those who may hear of it. */
export type Hearing = { change: Change; listeners: Subscription[] }

/** Keeps the listeners that pass; the hearings stay, in their order. */
export function keep(
  hearings: Hearing[],
  passes: (hearing: Hearing, listener: Subscription, at: number) => boolean,
): Hearing[] {
  return hearings.map((hearing, at) => ({
    change: hearing.change,
    listeners: hearing.listeners.filter(listener => passes(hearing, listener, at)),
  }))
}
