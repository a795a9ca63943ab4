import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

const TIMEOUT_MS = 300_000;
/** Far longer than what is waited for takes: on a machine that is busy a second is not. */
const POLL = { timeout: 20_000, interval: 50 };

/** Vite does not know a package's own name; whole-run tests use it, because worker threads need the built files. */
const builtPackage = fileURLToPath(new URL('./dist/index.js', import.meta.url));

export default defineConfig({
  resolve: { alias: [{ find: /^rowproof$/, replacement: builtPackage }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    teardownTimeout: TIMEOUT_MS,
    expect: { poll: POLL },
    sequence: { sequencer: LongestFirst },
    server: { deps: { external: [/\/dist\//] } },
  },
});
