import { Center, Loader } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useSession } from './hooks/use-session.ts'
import { SignInPage } from './pages/sign-in-page.tsx'
import { WorkspacePage } from './pages/workspace-page.tsx'

const queries = new QueryClient()

/** The page: for whoever is signed in their workspace, for everybody else the door. */
export function App() {
  const session = useSession()
  if (session === undefined) {
    return (
      <Center mih="100dvh">
        <Loader aria-label="Loading" />
      </Center>
    )
  }
  if (!session) return <SignInPage />
  return (
    <QueryClientProvider client={queries}>
      <WorkspacePage key={session.user.id} user={session.user} />
    </QueryClientProvider>
  )
}
