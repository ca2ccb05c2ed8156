import { use, useCallback, useMemo, useSyncExternalStore } from 'react'
import { ManagerContext } from './manager.ts'
import type { PageContext } from './server.ts'
import type { Message, Notice, ToolCall } from './transcript.ts'

/**
 * The page's conversation by voice and text: how it stands, and what can be done. `pageContext` is what a new call is chosen
 * by; it may change at any time.
 *
 * @throws Error outside of a `RealtimeProvider`
 */
export function useRealtimeSessionManager(pageContext: PageContext) {
  const manager = use(ManagerContext)
  if (!manager) throw new Error('There is no RealtimeProvider around this component.')
  const state = useSyncExternalStore(manager.store.subscribe, manager.store.getSnapshot)
  const { entries } = state
  const parts = useMemo(
    () => ({
      transcript: entries.filter((entry): entry is Message => entry.kind === 'message'),
      toolCalls: entries.filter((entry): entry is ToolCall => entry.kind === 'tool'),
      guardrailNotices: entries.filter((entry): entry is Notice => entry.kind === 'notice' && entry.isGuardrail),
    }),
    [entries],
  )
  const { store: _, connect, ...actions } = manager
  return {
    ...state,
    ...parts,
    ...actions,
    connect: useCallback(() => connect(pageContext), [connect, pageContext]),
  }
}
