// The two examples of the integration guide, with its names, in a page of their own.

import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useAgentTask } from '../../../web/src/hooks/useAgentTask.ts'
import { submitAgentTask } from '../../../web/src/services/AgentTaskService.ts'
import { supabase } from '../../../web/src/supabase.ts'

function WithTheHook({ enterpriseId }: { enterpriseId: string }) {
  const [log, setLog] = useState<string[]>([])
  const note = (line: string) => setLog(lines => [...lines, line])
  const { submitTask, isSubmitting, isProcessing, currentTask, error } = useAgentTask({
    enterpriseId,
    onComplete: response => note(`Task completed: ${response.response_payload?.answer}`),
    onError: err => note(`Task failed: ${err.message}`),
  })
  const handleSubmit = async () => {
    await submitTask({ prompt: 'Your question here', context: { from: 'the hook' } })
  }
  return (
    <section aria-label="Hook">
      <button type="button" onClick={handleSubmit} disabled={isSubmitting}>
        {isSubmitting ? 'Processing...' : 'Submit'}
      </button>
      <p data-is="processing">{String(isProcessing)}</p>
      {currentTask?.response_payload?.answer && <div data-is="answer">{currentTask.response_payload.answer}</div>}
      {error && <p data-is="error">{error.message}</p>}
      <pre data-is="log">{log.join('\n')}</pre>
    </section>
  )
}

function WithTheService() {
  const [log, setLog] = useState<string[]>([])
  const note = (line: string) => setLog(lines => [...lines, line])
  async function handleSubmit() {
    try {
      const response = await submitAgentTask({ prompt: 'Your question here', context: {} }, updatedTask =>
        note(`Status: ${updatedTask.status}`),
      )
      note(`Final response: ${response.response_payload?.answer}`)
    } catch (error) {
      note(`Task failed: ${error}`)
    }
  }
  return (
    <section aria-label="Service">
      <button type="button" onClick={handleSubmit}>
        Submit
      </button>
      <pre data-is="log">{log.join('\n')}</pre>
    </section>
  )
}

const { VITE_DEMO_EMAIL: email, VITE_DEMO_PASSWORD: password } = import.meta.env
await supabase.auth.signInWithPassword({ email, password })
const enterpriseId = new URLSearchParams(location.search).get('enterprise') ?? ''
const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <WithTheHook enterpriseId={enterpriseId} />
      <WithTheService />
    </StrictMode>,
  )
}
