import { AppShell, Container, Title } from '@mantine/core'
import { useDisclosure, useDocumentTitle } from '@mantine/hooks'
import type { User } from '@supabase/supabase-js'
import { useEffect, useRef } from 'react'
import { AdminContent } from '../components/admin/admin-content.tsx'
import { AdminNav } from '../components/admin/admin-nav.tsx'
import { NoRights } from '../components/admin/no-rights.tsx'
import { AppHeader } from '../components/app-header.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { TaskPlaceholder } from '../components/task-placeholder.tsx'
import { adminTabs, tabsFor, useAdminTab } from '../hooks/admin/use-admin-tab.ts'
import { isAdmin, type Rights, useRights } from '../hooks/use-rights.ts'

const everyMs = 2_000
const none: Rights = { isPlatformAdmin: false, adminOf: [], memberOf: [] }

/** Where admins look after the queue. It closes as soon as the right to it is gone. */
export function AdminPage({ user }: { user: User }) {
  const [isMenuOpen, menu] = useDisclosure(false)
  const { data, error } = useRights(user.id, everyMs)
  const rights = data ?? none
  const isAllowed = isAdmin(rights)
  const tab = useAdminTab(rights)
  const name = isAllowed && tab ? adminTabs[tab].name : 'Admin'
  const heading = useRef<HTMLHeadingElement>(null)
  useDocumentTitle(`${name} – Liverow`)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each part is a page of its own, which is read out from its top.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [tab])

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen, desktop: !isAllowed } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <AppShell.Header bg="var(--surface)">
        <AppHeader
          email={user.email ?? 'you'}
          connection={error ? 'offline' : data ? 'live' : 'connecting'}
          isMenuOpen={isMenuOpen}
          toggleMenu={menu.toggle}
          menuName="menu"
        />
      </AppShell.Header>
      <AppShell.Navbar bg="var(--surface)" aria-label="Admin">
        {isAllowed && <AdminNav tabs={tabsFor(rights)} open={tab} rights={rights} onChoose={menu.close} />}
      </AppShell.Navbar>
      <AppShell.Main>
        {!data && !error && <TaskPlaceholder />}
        {!data && error && <ErrorNote error={error} title="Your rights cannot be read" />}
        {data && (!isAllowed || !tab) && <NoRights />}
        {isAllowed && tab && (
          <Container size={1240} px={0} pb="xl">
            <Title
              order={1}
              fz={{ base: 22, sm: 26 }}
              lts="-0.02em"
              mb="lg"
              tabIndex={-1}
              ref={heading}
              className="quiet"
            >
              {name}
            </Title>
            <AdminContent key={tab} tab={tab} rights={rights} userId={user.id} />
          </Container>
        )}
      </AppShell.Main>
    </AppShell>
  )
}
