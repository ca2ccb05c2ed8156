import { Burger, Group } from '@mantine/core'
import type { Connection } from '../../../shared/client/keep-live.ts'
import { ApprovalsLink } from './approvals/approvals-link.tsx'
import { ColorSchemeToggle } from './color-scheme-toggle.tsx'
import { ConnectionBadge } from './connection-badge.tsx'
import { DemoBadge } from './demo-badge.tsx'
import { UserMenu } from './user-menu.tsx'
import { Wordmark } from './wordmark.tsx'

type Props = {
  email: string
  connection: Connection
  isMenuOpen: boolean
  toggleMenu: () => void
  /** What the button on a phone opens. */
  menuName: string
}

/** The bar on top of every page of the workspace. */
export function AppHeader({ email, connection, isMenuOpen, toggleMenu, menuName }: Props) {
  return (
    <Group h="100%" px="md" gap="xs" justify="space-between" wrap="nowrap">
      <Group gap="xs" wrap="nowrap">
        <Burger
          opened={isMenuOpen}
          onClick={toggleMenu}
          hiddenFrom="sm"
          size="sm"
          aria-label={`${isMenuOpen ? 'Close' : 'Open'} the ${menuName}`}
        />
        <Wordmark isTight />
      </Group>
      <Group gap="xs" wrap="nowrap">
        <DemoBadge />
        <ConnectionBadge connection={connection} />
        <ApprovalsLink />
        <ColorSchemeToggle />
        <UserMenu email={email} />
      </Group>
    </Group>
  )
}
