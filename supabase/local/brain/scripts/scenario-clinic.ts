import type { Scene } from '../scene.ts'
import { call, type Reply, type Script, say } from '../script.ts'
import { askPerson, escalation, excuse, given, passOn, player, wishesIn } from './scenario-scene.ts'

// The scenario `clinic`: reception ⇄ scheduling (find_slots, book_slot, list_bookings, cancel_slot) ⇄ billing.

const TEAM = ['reception', 'scheduling', 'billing']
const EMERGENCY = /\b(emergency|chest pain|can(no|')t breathe|bleeding|unconscious|overdose|kill myself|hurt myself)\b/i
const APPOINTMENT =
  /\b(appointments?|book|slots?|schedul\w+|check-?ups?|vaccinat\w+|physio\w*|consultations?|tomorrow|next week)\b/i
const BILL = /\b(invoices?|bills?|billing|pay(ment)?|costs?|insurance|reimburse\w*|receipts?)\b/i
const KINDS = {
  checkup: /check-?up/i,
  vaccination: /vaccin|shot|jab/i,
  physiotherapy: /physio/i,
  consultation: /consult/i,
}
const CHANGE = /\b(move|reschedul\w*|postpone)\b/i
const CANCEL = /\bcancel\b/i

type Slot = { slot: string; kind: string; with: string; startsAt: string; minutes: number }

const reception = player('clinic', 'reception', scene => {
  const wish = scene.prompt
  return (
    emergency(scene) ??
    escalation(scene) ??
    elsewhere(scene, wish) ??
    say(
      'Welcome to the clinic. We are here from 8 to 18 on weekdays. Shall I find you an appointment, or is it about a bill?',
    )
  )
})

const scheduling = player('clinic', 'scheduling', scene => {
  const wish = scene.prompt
  const first = emergency(scene) ?? escalation(scene) ?? change(scene, wish)
  if (first) return first
  const booked = scene.results('book_slot').at(-1)
  const found = scene.results('find_slots').at(-1)
  if (booked) return after(booked.output, found?.output, scene)
  const chosen = choiceIn(scene, wish)
  if (chosen) return call('book_slot', { slot: chosen.slot, reason: reasonIn(scene, wish) })
  if (found) return say(offer(given<Slot[]>(found.output) ?? []))
  if (BILL.test(wish) && !APPOINTMENT.test(wish))
    return passOn(scene, TEAM, 'billing', 'It is about a bill.') ?? search(wish)
  return search(wish)
})

const billing = player('clinic', 'billing', scene => {
  const wish = scene.prompt
  const first = emergency(scene) ?? escalation(scene)
  if (first) return first
  if (APPOINTMENT.test(wish) && !BILL.test(wish)) {
    const moved = passOn(scene, TEAM, 'scheduling', 'An appointment is wanted.')
    if (moved) return moved
  }
  if (/\bmy\b.*\b(invoice|bill)\b/i.test(wish) && scene.results('escalate_to_human').length === 0) {
    return [say('I cannot see your invoice, so I ask a colleague who can.'), askPerson(wish)]
  }
  return say(
    'An invoice lists each service with its fee. You may pay by transfer within 30 days; most insurances want a copy.',
  )
})

export const clinic: Script[] = [reception, scheduling, billing]

function emergency(scene: Scene): Reply | undefined {
  const wish = scene.prompt
  if (!EMERGENCY.test(wish) || scene.results('escalate_to_human').length > 0) return undefined
  return [say('Please call 112 at once. I ask a colleague to join us.'), askPerson(wish)]
}

function elsewhere(scene: Scene, wish: string): Reply | undefined {
  if (APPOINTMENT.test(wish)) return passOn(scene, TEAM, 'scheduling', 'An appointment is wanted.')
  return BILL.test(wish) ? passOn(scene, TEAM, 'billing', 'It is about a bill.') : undefined
}

function change(scene: Scene, wish: string): Reply | undefined {
  if (CANCEL.test(wish) && scene.offers('cancel_slot')) return cancelling(scene, wish)
  if (!CHANGE.test(wish) && !CANCEL.test(wish)) return undefined
  return scene.results('escalate_to_human').length === 0 ? askPerson(wish) : undefined
}

/** Looks which appointments there are, and gives back the one that is meant. */
function cancelling(scene: Scene, wish: string): Reply {
  const cancelled = scene.results('cancel_slot').at(-1)
  const listed = scene.results('list_bookings').at(-1)
  if (cancelled) {
    const gone = given<Slot>(cancelled.output)
    return say(gone ? `Cancelled: ${told(gone)}.` : `It stays as it is: ${excuse(cancelled.output)}`)
  }
  if (!listed) return call('list_bookings', {})
  const bookings = given<Slot[]>(listed.output) ?? []
  if (bookings.length === 0) return say('You have no appointment to come.')
  const meant = bookings.length === 1 ? bookings[0] : named(bookings, wish)
  if (meant) return call('cancel_slot', { slot: meant.slot, startsAt: meant.startsAt, with: meant.with })
  const lines = bookings.map((slot, index) => `${index + 1}. ${told(slot)}`)
  return say(`You have these:\n\n${lines.join('\n')}\n\nSay for example: cancel the second.`)
}

function search(wish: string): Reply {
  const kind = Object.entries(KINDS).find(([, pattern]) => pattern.test(wish))?.[0] ?? null
  return call('find_slots', { kind, from_day: wish.match(/\b\d{4}-\d{2}-\d{2}\b/)?.[0] ?? null })
}

function offer(slots: Slot[]): string {
  if (slots.length === 0) return 'There is no free appointment of that kind. Shall I look for another kind?'
  const lines = slots.slice(0, 3).map((slot, index) => `${index + 1}. ${told(slot)}`)
  return `These are free:\n\n${lines.join('\n')}\n\nWhich one may I book for you?`
}

/** Booked, or taken by somebody else meanwhile: then the next ones are looked for. */
function after(output: string, found: string | undefined, scene: Scene): Reply {
  const booked = given<Slot>(output)
  if (booked) return say(`Booked: ${told(booked)}.`)
  if (found === undefined) return search(wishesIn(scene).join(' '))
  return say(`That did not work: ${excuse(output)} ${offer(given<Slot[]>(found) ?? [])}`)
}

const ORDINALS = [/\b(1|first|yes|ok(ay)?|please do|that one)\b/i, /\b(2|second)\b/i, /\b(3|third|last)\b/i]

/** Which one of those that were offered last the user agrees to. */
function choiceIn(scene: Scene, wish: string): Slot | undefined {
  return named(given<Slot[]>(scene.earlier('find_slots').at(-1)?.output)?.slice(0, 3) ?? [], wish)
}

function named(slots: Slot[], wish: string): Slot | undefined {
  const index = ORDINALS.findLastIndex(pattern => pattern.test(wish))
  return index < 0 ? undefined : slots[index]
}

function reasonIn(scene: Scene, wish: string): string {
  return (wishesIn(scene).findLast(prompt => APPOINTMENT.test(prompt)) ?? wish).slice(0, 200)
}

function told({ startsAt, kind, with: clinician, minutes }: Slot): string {
  const at = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' })
  return `${at.format(new Date(startsAt))}, ${kind} with ${clinician} (${minutes} minutes)`
}
