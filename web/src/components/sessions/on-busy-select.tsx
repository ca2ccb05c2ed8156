import { Select } from '@mantine/core'
import type { OnBusy } from '../../../../shared/client/session-rows.ts'
import { onBusyNames } from '../../words/session-words.ts'

/** What becomes of a question that is asked while another one is being answered. */
export function OnBusySelect({ value, choose }: { value: OnBusy; choose: (onBusy: OnBusy) => Promise<boolean> }) {
  return (
    <Select
      aria-label="While an answer is being written"
      size="xs"
      w={205}
      allowDeselect={false}
      data={Object.entries(onBusyNames).map(([name, label]) => ({ value: name, label }))}
      value={value}
      onChange={name => name && void choose(name as OnBusy)}
    />
  )
}
