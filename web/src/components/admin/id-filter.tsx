import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'

type Props = { label: string; value: string; change: (value: string | null) => void; kind?: keyof typeof looks }

const looks = {
  'part of a UUID': {
    placeholder: 'Its beginning',
    pattern: /^[0-9a-f][0-9a-f-]{0,35}$/i,
    wrong: 'Only 0-9, a-f and -',
  },
  word: { placeholder: 'All of it', pattern: /^[\w.:-]{1,128}$/, wrong: 'Only A-Z, 0-9 and _.:-' },
}

const patienceMs = 300

/** An id to look for: of a UUID its beginning is enough, a word must be whole. */
export function IdFilter({ label, value, change, kind = 'part of a UUID' }: Props) {
  const { placeholder, pattern, wrong } = looks[kind]
  const [typed, setTyped] = useState<{ from: string; text: string }>({ from: value, text: value })
  const pass = useDebouncedCallback((text: string) => change(text || null), patienceMs)
  // Of what was typed and what the address says, the later one counts.
  const text = typed.from === value ? typed.text : value
  const isWrong = text.trim() !== '' && !pattern.test(text.trim())
  return (
    <TextInput
      size="sm"
      label={label}
      placeholder={placeholder}
      value={text}
      error={isWrong && wrong}
      spellCheck={false}
      autoComplete="off"
      onChange={event => {
        const next = event.currentTarget.value
        setTyped({ from: value, text: next })
        pass(next.trim())
      }}
    />
  )
}
