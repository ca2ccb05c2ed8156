import { addressOf, useAddress } from '../use-address.ts'
import type { Rights } from '../use-rights.ts'

/** The parts of the admin area, in their order, and whether they are for platform admins alone. */
export const adminTabs = {
  overview: { name: 'Overview', isForAll: false },
  tasks: { name: 'Tasks', isForAll: true },
  'dead-letters': { name: 'Dead letters', isForAll: true },
  approvals: { name: 'Approvals', isForAll: true },
  scenarios: { name: 'Scenarios', isForAll: true },
  escalations: { name: 'Escalations', isForAll: true },
  spending: { name: 'Spending', isForAll: true },
  workers: { name: 'Workers', isForAll: false },
  kinds: { name: 'Kinds and tenants', isForAll: false },
  schedules: { name: 'Schedules', isForAll: true },
  audit: { name: 'Audit', isForAll: true },
} as const

/** A part of the admin area. */
export type AdminTab = keyof typeof adminTabs

/** The parts that these rights open. */
export function tabsFor({ isPlatformAdmin }: Rights): AdminTab[] {
  return (Object.keys(adminTabs) as AdminTab[]).filter(tab => isPlatformAdmin || adminTabs[tab].isForAll)
}

/** The part that the address names, or the first one there is; null for one that these rights do not open. */
export function useAdminTab(rights: Rights): AdminTab | null {
  const open = tabsFor(rights)
  const named = useAddress().get('tab')
  if (named === null) return open[0] ?? null
  return open.find(tab => tab === named) ?? null
}

/** The address of a part, with what it is to show there. */
export function tabAddress(tab: AdminTab, values: Record<string, string | null> = {}): string {
  return addressOf({ page: 'admin', tab, ...values })
}
