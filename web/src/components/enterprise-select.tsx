import { Select } from '@mantine/core'
import type { Enterprise } from '../hooks/use-enterprises.ts'

type Props = { enterprises: Enterprise[]; enterpriseId: string | null; choose: (id: string) => void }

/** For whom to ask, where a user belongs to several enterprises. */
export function EnterpriseSelect({ enterprises, enterpriseId, choose }: Props) {
  return (
    <Select
      aria-label="Enterprise"
      size="xs"
      w={180}
      allowDeselect={false}
      data={enterprises.map(({ id, name }) => ({ value: id, label: name }))}
      value={enterpriseId}
      onChange={id => id && choose(id)}
    />
  )
}
