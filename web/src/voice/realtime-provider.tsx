import { type ReactNode, useEffect, useState } from 'react'
import { createManager, ManagerContext } from './manager.ts'

/** Holds the one call that a page may have; it outlives the dock's being closed, and ends with the user's going. */
export function RealtimeProvider({ children }: { children: ReactNode }) {
  const [manager] = useState(createManager)
  useEffect(() => manager.disconnect, [manager])
  return <ManagerContext value={manager}>{children}</ManagerContext>
}
