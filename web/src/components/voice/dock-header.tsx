import { ActionIcon, Badge, Box, Group, Text, Tooltip } from '@mantine/core'
import { IconClose, IconDownload, IconHangUp, IconSilence, IconSound } from '../../icons.ts'
import type { CallStatus } from '../../voice/voice-state.ts'
import type { CallManager } from './dock-panel.tsx'

const looks: Record<CallStatus, { label: string; color: string }> = {
  idle: { label: 'No call', color: 'gray' },
  connecting: { label: 'Calling', color: 'gray' },
  live: { label: 'Live', color: 'pine.5' },
  reconnecting: { label: 'Reconnecting', color: 'yellow' },
  failed: { label: 'Not connected', color: 'red' },
}

const speakers = { open: 'Waiting for a person', taken: 'A person', closed: 'Assistant' }

/** Who answers, how the line stands, and what can be done with the call as a whole. */
export function DockHeader({ manager, close }: { manager: CallManager; close: () => void }) {
  const { status, activeAgent, agents, escalation, isSilenced, isRecorded } = manager
  const { label, color } = looks[status]
  const isOn = status === 'live' || status === 'connecting' || status === 'reconnecting'
  const title = agents.find(({ name }) => name === activeAgent)?.title
  return (
    <Group px="md" py="sm" gap="xs" justify="space-between" wrap="nowrap">
      <Box miw={0}>
        <Text fw={600} truncate>
          {escalation ? speakers[escalation.status] : (title ?? 'Assistant')}
        </Text>
        <Badge variant="dot" color={color} tt="none" fw={500} size="sm" role="status" aria-label={`Call: ${label}`}>
          {label}
        </Badge>
      </Box>
      <Group gap={4} wrap="nowrap">
        {isRecorded && (
          <Deed label="Download the recording" onClick={() => void manager.downloadRecording()}>
            <IconDownload size={18} />
          </Deed>
        )}
        {isOn && (
          <Deed
            label={isSilenced ? 'Hear the assistant' : 'Silence the assistant'}
            isOn={isSilenced}
            onClick={() => manager.silence(!isSilenced)}
          >
            {isSilenced ? <IconSilence size={18} /> : <IconSound size={18} />}
          </Deed>
        )}
        {isOn && (
          <Deed label="Hang up" color="red" onClick={manager.disconnect}>
            <IconHangUp size={18} />
          </Deed>
        )}
        <Deed label="Close the assistant" onClick={close}>
          <IconClose size={18} />
        </Deed>
      </Group>
    </Group>
  )
}

type DeedProps = { label: string; color?: string; isOn?: boolean; onClick: () => void; children: React.ReactNode }

function Deed({ label, color = 'gray', isOn = false, onClick, children }: DeedProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant={isOn ? 'light' : 'subtle'} color={color} size="lg" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
