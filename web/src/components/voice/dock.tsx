import { ActionIcon, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMemo, useRef, useState } from 'react'
import { pathOf, useAddress } from '../../hooks/use-address.ts'
import { useEnterprises } from '../../hooks/use-enterprises.ts'
import { IconTalk } from '../../icons.ts'
import { RealtimeProvider } from '../../voice/realtime-provider.tsx'
import { useRealtimeSessionManager } from '../../voice/use-realtime-session-manager.ts'
import { DockPanel } from './dock-panel.tsx'

/** An assistant to talk with on every page: a button in the corner, and what it opens. */
export function Dock({ userId }: { userId: string }) {
  return (
    <RealtimeProvider>
      <DockInPlace userId={userId} />
    </RealtimeProvider>
  )
}

function DockInPlace({ userId }: { userId: string }) {
  const address = useAddress()
  const tenants = useEnterprises(userId)
  const [chosen, choose] = useState<string | null>(null)
  const scenarioId = chosen ?? address.get('scenario') ?? null
  const { enterpriseId } = tenants
  const pageContext = useMemo(
    () => ({ path: pathOf(address), scenarioId, enterpriseId }),
    [address, scenarioId, enterpriseId],
  )
  const [isOpen, { open, close }] = useDisclosure(false)
  const button = useRef<HTMLButtonElement>(null)
  const manager = useRealtimeSessionManager(pageContext)
  const isOn = manager.status !== 'idle' && manager.status !== 'failed'
  if (isOpen) {
    const closeAndReturn = () => {
      close()
      requestAnimationFrame(() => button.current?.focus())
    }
    return <DockPanel manager={manager} place={{ tenants, scenarioId, choose }} close={closeAndReturn} />
  }
  return (
    <Tooltip label={isOn ? 'The call goes on' : 'Talk or write to an assistant'} position="left">
      <ActionIcon
        ref={button}
        className="dock-button"
        data-on={isOn || undefined}
        size={52}
        radius="xl"
        aria-label={isOn ? 'Open the assistant: the call goes on' : 'Open the assistant'}
        onClick={open}
      >
        <IconTalk size={24} />
      </ActionIcon>
    </Tooltip>
  )
}
