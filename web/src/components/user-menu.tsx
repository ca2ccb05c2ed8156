import { Avatar, Menu, UnstyledButton } from '@mantine/core'
import { IconSignOut } from '../icons.ts'
import { supabase } from '../supabase.ts'

/** Who is signed in, and the way out. */
export function UserMenu({ email }: { email: string }) {
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <UnstyledButton aria-label={`Account of ${email}`}>
          <Avatar size={32} color="pine" name={email.replace(/@.*/, '')} alt="" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label style={{ overflowWrap: 'anywhere' }}>{email}</Menu.Label>
        <Menu.Item leftSection={<IconSignOut size={16} />} onClick={() => void supabase.auth.signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
