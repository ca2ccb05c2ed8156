import { useEffect } from 'react'

/** Paper is white: while the page is printed it wears its light colours. */
export function useLightPrint(): void {
  useEffect(() => {
    const { dataset } = document.documentElement
    let worn: string | undefined
    const before = () => {
      worn = dataset.mantineColorScheme
      dataset.mantineColorScheme = 'light'
    }
    const after = () => {
      if (worn !== undefined) dataset.mantineColorScheme = worn
    }
    window.addEventListener('beforeprint', before)
    window.addEventListener('afterprint', after)
    return () => {
      window.removeEventListener('beforeprint', before)
      window.removeEventListener('afterprint', after)
    }
  }, [])
}
