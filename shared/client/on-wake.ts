/**
 * Calls back when the page comes to the front and when the network comes or goes: what is known may be out of date
 * then. Outside a browser nothing ever wakes. Returns what ends it.
 */
export function onWake(wake: () => void): () => void {
  if (typeof document === 'undefined') return () => undefined
  const onVisibility = () => {
    if (document.visibilityState === 'visible') wake()
  }
  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('online', wake)
  window.addEventListener('offline', wake)
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    window.removeEventListener('online', wake)
    window.removeEventListener('offline', wake)
  }
}
