import '@mantine/core/styles.css'
import './styles.css'
import { MantineProvider } from '@mantine/core'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { config } from './config.ts'
import { MissingSettingsPage } from './pages/missing-settings-page.tsx'
import { theme } from './theme.ts'

// Loaded only once the settings are known to be right: the app's client is made when it is loaded.
const App = lazy(() => import('./app.tsx').then(({ App }) => ({ default: App })))

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id "root".')
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      {config.success ? (
        <Suspense>
          <App />
        </Suspense>
      ) : (
        <MissingSettingsPage issues={config.error.issues} />
      )}
    </MantineProvider>
  </StrictMode>,
)
