import { startBrain } from './brain.ts'
import type { PortBook } from './ports.ts'
import type { Settings } from './settings.ts'

/** The model that the worker will talk to. */
export interface Model {
  /** For the banner and the web page. */
  label: string
  isDemo: boolean
  env: Record<string, string>
}

/** Takes the provider from the settings, or starts the demo model in this process. */
export async function startModel({ provider }: Settings, ports: PortBook, parts: AsyncDisposableStack): Promise<Model> {
  if (provider) {
    const { apiKey, baseUrl, name } = provider
    const env = {
      OPENAI_API_KEY: apiKey,
      ...(baseUrl && { OPENAI_BASE_URL: baseUrl }),
      ...(name && { OPENAI_MODEL: name }),
    }
    return { label: name ?? 'the default model', isDemo: false, env }
  }
  const brain = await startBrain({ port: await ports.take('demo model', 4010) })
  parts.defer(() => brain.stop())
  return {
    label: 'demo',
    isDemo: true,
    env: { OPENAI_API_KEY: brain.key, OPENAI_BASE_URL: brain.url, OPENAI_MODEL: 'demo', MODERATION: 'on' },
  }
}
