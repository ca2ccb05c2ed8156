import { Affix, Notification, Text, Transition } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { NoticeContext } from '../hooks/use-notice.ts'
import { IconAlert, IconCheck } from '../icons.ts'

type Notice = { title: string; message: string; isBad: boolean }

const goodForMs = 10_000

/** Shows, at the edge of the page and read out, what came of the last thing that was done. Bad news stays until closed. */
export function NoticeArea({ children }: { children: ReactNode }) {
  const [notice, setNotice] = useState<Notice | null>(null)
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    if (!isOpen || !notice || notice.isBad) return
    const timer = setTimeout(() => setOpen(false), goodForMs)
    return () => clearTimeout(timer)
  }, [isOpen, notice])
  const notices = useMemo(() => {
    const show = (next: Notice) => {
      setNotice(next)
      setOpen(true)
    }
    return {
      tell: (message: string) => show({ title: 'Done', message, isBad: false }),
      complain: ({ message }: { message: string }) => show({ title: 'That was not possible', message, isBad: true }),
    }
  }, [])
  return (
    <NoticeContext value={notices}>
      {children}
      <Affix position={{ bottom: 20, right: 20 }} zIndex={400} maw="calc(100vw - 40px)" w={380}>
        <div role="status" aria-live="polite">
          <Transition mounted={isOpen} transition="slide-up">
            {styles => (
              <Notification
                style={styles}
                className="surface"
                withBorder
                color={notice?.isBad ? 'red' : 'pine'}
                icon={notice?.isBad ? <IconAlert size={18} /> : <IconCheck size={18} />}
                title={notice?.title}
                closeButtonProps={{ 'aria-label': 'Close this notice' }}
                onClose={() => setOpen(false)}
              >
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {notice?.message}
                </Text>
              </Notification>
            )}
          </Transition>
        </div>
      </Affix>
    </NoticeContext>
  )
}
