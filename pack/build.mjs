// Builds into a folder of its own and puts that in the place of dist in one step, so that a program that is running or
// starting meanwhile finds the old one or the new one, never half of either.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(checkout, 'dist');
const work = mkdtempSync(join(checkout, 'node_modules', '.build-'));
const next = join(work, 'next');

try {
  run('typescript/bin/tsc', ['-p', 'tsconfig.build.json', '--outDir', next]);
  const kernel = ['src/hashing/kernel/index.ts', '--outFile', join(next, 'hashing', 'kernel.wasm')];
  run('assemblyscript/bin/asc.js', [...kernel, '-O3', '--converge', '--noAssert', '--runtime', 'stub']);
  await joinModules();
  if (existsSync(dist)) renameSync(dist, join(work, 'previous'));
  renameSync(next, dist);
} catch (error) {
  console.error(`The build failed, and dist is as it was: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/**
 * Joins our own modules for the program and its worker threads, as CommonJS: finding, linking and compiling a hundred ES
 * modules takes every thread a tenth of a second. Packages stay outside, so that npm keeps them up to date.
 */
async function joinModules() {
  const [cli, worker] = ['cli/main.js', 'runners/entry.js'].map((file) => join(next, file));
  await build({
    input: { cli, worker },
    platform: 'node',
    external: /^[^./]/,
    logLevel: 'warn',
    output: {
      dir: join(next, 'bundle'),
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
    },
  });
}

function run(program, args) {
  const file = join(checkout, 'node_modules', program);
  const { status, error } = spawnSync(process.execPath, [file, ...args], { cwd: checkout, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}.`);
}
