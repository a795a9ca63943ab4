import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig, type TestUserConfig } from 'vitest/config';
import { findLoneTests } from './test/support/find-lone-tests.js';
import { LongestFirst } from './test/support/longest-first.js';

const TIMEOUT_MS = 300_000;
/** Far longer than what is waited for takes: on a machine that is busy a second is not. */
const POLL = { timeout: 20_000, interval: 50 };

/** Vite does not know a package's own name; whole-run tests use it, because worker threads need the built files. */
const builtPackage = fileURLToPath(new URL('./dist/index.js', import.meta.url));
const resolve = { alias: [{ find: /^rowproof$/, replacement: builtPackage }] };

const loneTests = findLoneTests();
const shared: TestUserConfig = {
  pool: 'forks',
  testTimeout: TIMEOUT_MS,
  hookTimeout: TIMEOUT_MS,
  expect: { poll: POLL },
  server: { deps: { external: [/\/dist\//] } },
};

export default defineConfig({
  test: {
    // One more than most machines of CI have processors: many tests wait for servers.
    maxWorkers: 3,
    teardownTimeout: TIMEOUT_MS,
    sequence: { sequencer: LongestFirst },
    projects: [
      // To start a process and to load everything takes longer than most of these tests.
      { resolve, test: { ...shared, name: 'alone', include: loneTests, isolate: false } },
      {
        resolve,
        test: {
          ...shared,
          name: 'servers',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...loneTests],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
