import { SegmentedControl } from '@mantine/core'

/** What can be asked from the page; other kinds are for other pages to submit. */
export type AskedKind = 'assistant' | 'order-desk'

const choices = [
  { value: 'assistant', label: 'Assistant' },
  { value: 'order-desk', label: 'Order desk' },
] as const

/** Whom to ask. */
export function KindSelect({ kind, choose }: { kind: AskedKind; choose: (kind: AskedKind) => void }) {
  return (
    <SegmentedControl
      aria-label="Whom to ask"
      size="xs"
      data={[...choices]}
      value={kind}
      onChange={value => choose(value as AskedKind)}
    />
  )
}
