import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const TIMEOUT_MS = 300_000;

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
    server: { deps: { external: [/\/dist\//] } },
  },
});
