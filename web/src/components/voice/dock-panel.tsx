import { Paper, Tabs } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useTalkByKey } from '../../hooks/use-talk-by-key.ts'
import type { useRealtimeSessionManager } from '../../voice/use-realtime-session-manager.ts'
import { CallBar } from './call-bar.tsx'
import { Conversation } from './conversation.tsx'
import { DockHeader } from './dock-header.tsx'
import { LogList } from './log-list.tsx'
import { PersonNote } from './person-note.tsx'
import type { Place } from './place-choice.tsx'

export type CallManager = ReturnType<typeof useRealtimeSessionManager>

type Props = { manager: CallManager; place: Place; close: () => void }

/** The open dock: who answers, what was said, the log, and the bar to talk and write. */
export function DockPanel({ manager, place, close }: Props) {
  const panel = useRef<HTMLElement>(null)
  useTalkByKey(panel, manager)
  useEffect(() => panel.current?.focus(), [])
  return (
    <Paper
      component="section"
      ref={panel}
      className="dock"
      shadow="lg"
      aria-label="Assistant"
      tabIndex={-1}
      onKeyDown={event => event.key === 'Escape' && close()}
    >
      <DockHeader manager={manager} close={close} />
      <Tabs defaultValue="conversation" className="dock-tabs" keepMounted={false}>
        <Tabs.List grow>
          <Tabs.Tab value="conversation">Conversation</Tabs.Tab>
          <Tabs.Tab value="logs">Logs</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="conversation" className="dock-content">
          <Conversation manager={manager} place={place} />
        </Tabs.Panel>
        <Tabs.Panel value="logs" className="dock-content">
          <LogList logs={manager.logs} />
        </Tabs.Panel>
      </Tabs>
      {manager.escalation && <PersonNote escalation={manager.escalation} />}
      <CallBar manager={manager} />
    </Paper>
  )
}
