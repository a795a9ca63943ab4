import { defineConfig } from 'vitest/config';
import { findLoneTests } from './test/support/find-lone-tests.js';

const ALONE = 'src/{core,config,report,diagnosis,log,cli}/**/*.ts';

/** Tests that need no server, without fuzzing and attacks: for the time in which code is written. */
export default defineConfig({
  test: {
    include: findLoneTests(),
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/hashing/kernel/**'],
      reporter: ['text'],
      // The floor is of folders that need no server; what needs one is reached by other tests.
      thresholds: { [ALONE]: { lines: 87, statements: 86, functions: 84, branches: 77 } },
    },
  },
});
