import { type AuthError, isAuthRetryableFetchError } from '@supabase/supabase-js'
import { useState } from 'react'
import { supabase } from '../supabase.ts'

type Credentials = { email: string; password: string }

/** Signing in and up, with what went wrong (`problem`) or is still to be done (`notice`) in plain words. */
export function useSignIn() {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [notice, setNotice] = useState<string | null>(null)

  async function run(action: () => Promise<{ error: AuthError | null; notice?: string | null }>): Promise<void> {
    setBusy(true)
    const { error, notice } = await action()
    setProblem(error && explain(error))
    setNotice(notice ?? null)
    setBusy(false)
  }

  return {
    isBusy,
    problem,
    notice,
    signIn: (credentials: Credentials) => run(() => supabase.auth.signInWithPassword(credentials)),
    signUp: (credentials: Credentials) =>
      run(async () => {
        const { data, error } = await supabase.auth.signUp(credentials)
        return { error, notice: error || data.session ? null : confirmation }
      }),
  }
}

const confirmation = 'Almost there: open the link in the email that we have sent you, then sign in.'

const explanations: Record<string, string> = {
  invalid_credentials: 'Email or password is wrong. Check both, or create an account.',
  user_already_exists: 'There is an account with this email: sign in instead.',
  email_exists: 'There is an account with this email: sign in instead.',
  email_not_confirmed: 'Open the link in the email that we have sent you, then sign in.',
}

function explain(error: AuthError): string {
  if (isAuthRetryableFetchError(error)) return 'The server cannot be reached. Check the connection and try again.'
  return explanations[error.code ?? ''] ?? error.message
}
