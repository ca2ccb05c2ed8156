import { Progress } from '@mantine/core'

type Props = {
  /** What the bar tells, in words. */
  label: string
  /** At work, and waiting. */
  atWork: number
  waiting: number
  /** What a full bar stands for. */
  most: number
}

/** How much is at work and how much waits, as a bar; the numbers stand beside it. */
export function LoadBar({ label, atWork, waiting, most }: Props) {
  // A little is to be seen, too.
  const part = (tasks: number) => (most === 0 || tasks === 0 ? 0 : Math.min(100, Math.max(2, (tasks / most) * 100)))
  return (
    <Progress.Root size={10} aria-label={label} role="img" flex={1} miw={60} className="load-bar">
      <Progress.Section value={part(atWork)} color="pine.6" aria-hidden />
      <Progress.Section value={part(waiting)} color="var(--waiting)" aria-hidden />
    </Progress.Root>
  )
}
