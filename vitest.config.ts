// One test run for the whole house: unit tests beside their files, plays in scenarios/, third-party drivers in interop/.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'apps/*/src/**/*.test.{ts,tsx}',
      'scenarios/**/*.test.ts',
      'interop/**/*.test.ts',
      'bench/**/*.test.ts',
      'examples/**/*.test.ts',
      'tools/**/*.test.mjs',
    ],
    globalSetup: './tools/vitest/build-first.mjs',
    setupFiles: ['./tools/vitest/laws.mjs'],
    reporters: ['default', './tools/vitest/closing-line.mjs'],
    pool: 'threads',
    isolate: false,
    testTimeout: 20_000,
  },
});
