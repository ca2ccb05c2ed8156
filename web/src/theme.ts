import { createTheme } from '@mantine/core'

/** The look of the page; light and dark share it. */
export const theme = createTheme({
  respectReducedMotion: true,
  colors: {
    pine: [
      '#e9f6f3',
      '#d0ebe4',
      '#a4d7cb',
      '#74c3b1',
      '#4fb09b',
      '#379f8b',
      '#278c79',
      '#16705f',
      '#0f5b4d',
      '#07453a',
    ],
    dark: [
      '#dfe3e3',
      '#b9bfc0',
      '#8f9698',
      '#6a7173',
      '#3d4345',
      '#303537',
      '#23282a',
      '#1a1d1e',
      '#151819',
      '#0f1112',
    ],
  },
  primaryColor: 'pine',
  primaryShade: 7,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Open Sans", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
})
