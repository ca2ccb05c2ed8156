import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  server: {
    warmup: { clientFiles: ['./src/main.tsx', './src/app.tsx'] },
    // Else the whole project is served, and with it the keys in .liverow.
    fs: { allow: ['.', '../shared', '../node_modules'] },
  },
  build: { target: 'es2023', chunkSizeWarningLimit: 1000 },
  // Named in full, so that none is found late: that would build all anew and reload the page.
  optimizeDeps: {
    include: [
      '@mantine/charts',
      '@mantine/core',
      '@mantine/hooks',
      '@openai/agents/realtime',
      '@supabase/supabase-js',
      '@tanstack/react-query',
      'croner',
      'react',
      'react/jsx-dev-runtime',
      'react-dom/client',
      'react-markdown',
      'remark-gfm',
      'zod',
    ],
  },
})
