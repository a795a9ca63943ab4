import { defineConfig } from 'rolldown';

/**
 * Joins our own modules for the program and its worker threads: opening a hundred small files takes every thread a
 * tenth of a second. Packages stay outside, so that npm keeps them up to date.
 */
export default defineConfig({
  input: { cli: 'dist/cli/main.js', worker: 'dist/worker/entry.js' },
  platform: 'node',
  external: /^[^./]/,
  output: { dir: 'dist/bundle', format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
});
