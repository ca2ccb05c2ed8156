import { Center, Loader } from '@mantine/core'
import type { User } from '@supabase/supabase-js'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { AgentTaskError } from '../../shared/client/agent-task-error.ts'
import { NoticeArea } from './components/notice-area.tsx'
import { Dock } from './components/voice/dock.tsx'
import { useAddress } from './hooks/use-address.ts'
import { useSession } from './hooks/use-session.ts'
import { SignInPage } from './pages/sign-in-page.tsx'
import { WorkspacePage } from './pages/workspace-page.tsx'

// Most people never see it.
const AdminPage = lazy(() => import('./pages/admin-page.tsx').then(({ AdminPage }) => ({ default: AdminPage })))

/** The page: for whoever is signed in their workspace or the admin area, for everybody else the door. */
export function App() {
  const session = useSession()
  if (session === undefined) return <Loading />
  if (!session) return <SignInPage />
  return <SignedIn key={session.user.id} user={session.user} />
}

// What one user has read must not be there for the next.
function SignedIn({ user }: { user: User }) {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: isWorthRetrying } } }))
  const isAdminPage = useAddress().get('page') === 'admin'
  return (
    <QueryClientProvider client={queries}>
      <NoticeArea>
        <Suspense fallback={<Loading />}>
          {isAdminPage ? <AdminPage user={user} /> : <WorkspacePage user={user} />}
        </Suspense>
        <Dock userId={user.id} />
      </NoticeArea>
    </QueryClientProvider>
  )
}

function isWorthRetrying(failures: number, error: Error): boolean {
  return error instanceof AgentTaskError && error.retryable && failures < 3
}

function Loading() {
  return (
    <Center mih="100dvh">
      <Loader aria-label="Loading" />
    </Center>
  )
}
