// The package declares its index alone; see icons.ts for why that is not used.
declare module '@tabler/icons-react/dist/esm/icons/*.mjs' {
  const icon: import('@tabler/icons-react').Icon
  // biome-ignore lint/style/noDefaultExport: that is what these files have.
  export default icon
}
