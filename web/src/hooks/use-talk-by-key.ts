import { type RefObject, useEffect } from 'react'

type Talk = { startPTT: () => void; stopPTT: () => void }

/** The space bar talks while it is held, wherever in the place it would do nothing else. */
export function useTalkByKey(place: RefObject<HTMLElement | null>, { startPTT, stopPTT }: Talk): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.code !== 'Space' || !isFree(event.target, place.current)) return
      event.preventDefault()
      if (!event.repeat) startPTT()
    }
    const release = (event: KeyboardEvent) => {
      if (event.code !== 'Space') return
      // Or the browser takes it for a click.
      if (isFree(event.target, place.current)) event.preventDefault()
      stopPTT()
    }
    window.addEventListener('keydown', press)
    window.addEventListener('keyup', release)
    window.addEventListener('blur', stopPTT)
    return () => {
      window.removeEventListener('keydown', press)
      window.removeEventListener('keyup', release)
      window.removeEventListener('blur', stopPTT)
    }
  }, [place, startPTT, stopPTT])
}

const USES_SPACE = 'input, textarea, select, button, summary, a, [role="tab"], [contenteditable]'

function isFree(target: EventTarget | null, place: HTMLElement | null): boolean {
  if (!(target instanceof Element) || !place?.contains(target)) return false
  const user = target.closest(USES_SPACE)
  return user === null || user.matches('[data-talk]')
}
