import { defineConfig } from 'vitest/config'
import { LongOnesFirst } from './test/support/long-ones-first.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: 'test/support/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongOnesFirst },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    retry: 0,
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/liverow/test-report.json' }]],
  },
})
