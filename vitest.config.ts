// One test run for the whole house: unit tests beside their files, plays in scenarios/, third-party drivers in interop/.
import { defineConfig } from 'vitest/config';

const alone = ['scenarios/{attack,durability,kill,soak}/**/*.test.ts'];

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    globalSetup: './tools/vitest/build-first.mjs',
    setupFiles: ['./tools/vitest/laws.mjs'],
    reporters: ['default', './tools/vitest/closing-line.mjs'],
    pool: 'threads',
    isolate: false,
    testTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.{ts,tsx}', 'tools/**/*.test.mjs'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Real programs that mostly wait for each other.
        extends: true,
        test: {
          name: 'plays',
          include: ['scenarios/**/*.test.ts', 'interop/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...alone],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Those that load the machine or take its time: one by one.
        extends: true,
        test: { name: 'alone', include: [...alone, 'bench/**/*.test.ts'], maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
