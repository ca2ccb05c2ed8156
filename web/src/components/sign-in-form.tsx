import { Alert, Anchor, Button, Divider, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { settings } from '../config.ts'
import { useSignIn } from '../hooks/use-sign-in.ts'

const { VITE_STACK, VITE_DEMO_EMAIL, VITE_DEMO_PASSWORD } = settings()
const demo =
  VITE_STACK === 'local' && VITE_DEMO_EMAIL && VITE_DEMO_PASSWORD
    ? { email: VITE_DEMO_EMAIL, password: VITE_DEMO_PASSWORD }
    : null

/** Signs in or up by email and password; on the local stack the demo account is one click away. */
export function SignInForm() {
  const [isNew, setNew] = useState(false)
  const [email, setEmail] = useState(demo?.email ?? '')
  const [password, setPassword] = useState(demo?.password ?? '')
  const { signIn, signUp, isBusy, problem, notice } = useSignIn()

  const submit = (event: FormEvent) => {
    event.preventDefault()
    void (isNew ? signUp : signIn)({ email: email.trim(), password })
  }
  const switchMode = () => {
    setNew(!isNew)
    setEmail('')
    setPassword('')
  }

  return (
    <form onSubmit={submit} className="surface" style={{ padding: 'var(--mantine-spacing-lg)' }}>
      <Stack gap="md">
        {demo && !isNew && (
          <>
            <Button type="button" loading={isBusy} onClick={() => void signIn(demo)}>
              Continue as the demo user
            </Button>
            <Divider label="or with an account" />
          </>
        )}
        <TextInput
          label="Email"
          type="email"
          autoComplete="email"
          required
          withAsterisk={false}
          value={email}
          onChange={event => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          required
          withAsterisk={false}
          minLength={isNew ? 8 : 1}
          description={isNew ? 'At least 8 characters' : undefined}
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        {problem && (
          <Alert color="red" role="alert">
            {problem}
          </Alert>
        )}
        {notice && <Alert role="status">{notice}</Alert>}
        <Button type="submit" variant={demo && !isNew ? 'default' : 'filled'} loading={isBusy}>
          {isNew ? 'Create account' : 'Sign in'}
        </Button>
        <Text size="sm" c="dimmed" ta="center">
          {isNew ? 'You have an account? ' : 'New here? '}
          <Anchor component="button" type="button" size="sm" onClick={switchMode}>
            {isNew ? 'Sign in' : 'Create an account'}
          </Anchor>
        </Text>
      </Stack>
    </form>
  )
}
