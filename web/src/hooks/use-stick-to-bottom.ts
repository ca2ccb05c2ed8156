import { useEffect, useRef } from 'react'

const nearPx = 140

/** While `isOn`, keeps the end of a growing page in sight for those who are there; who scrolls up stays there. */
export function useStickToBottom(growing: unknown, isOn: boolean): void {
  const isNear = useRef(true)
  useEffect(() => {
    const look = () => {
      const { scrollHeight, clientHeight, scrollTop } = document.documentElement
      isNear.current = scrollHeight - clientHeight - scrollTop < nearPx
    }
    window.addEventListener('scroll', look, { passive: true })
    return () => window.removeEventListener('scroll', look)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what grows is the reason to look again.
  useEffect(() => {
    if (isOn && isNear.current) window.scrollTo({ top: document.documentElement.scrollHeight })
  }, [growing, isOn])
}
