// Builds into a folder of its own and puts that in the place of dist in one step, so that a program that is running or
// starting meanwhile finds the old one or the new one, never half of either.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

/** What is loaded at once, by the modules that it begins with: all that these import is needed whenever they are. */
const STEPS = {
  start: ['cli/main.js'],
  command: ['cli/run-cli.js'],
  worker: ['runners/entry.js'],
  run: ['app/verify.js', 'app/asked-run.js', 'app/open-sitting.js', 'config/resolve-side.js'],
};

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
  const nameFile = fileNamer();
  await build({
    input: { cli, worker },
    platform: 'node',
    preserveEntrySignatures: 'allow-extension',
    external: /^[^./]/,
    logLevel: 'warn',
    output: {
      dir: join(next, 'bundle'),
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [{ debugName: 'steps', name: nameFile }],
      },
    },
  });
}

/**
 * Names the file that a module goes to, after the steps that need it: a file for each set of steps, because finding and
 * reading a file takes longer than compiling what is in a small one. What no step needs stays in files of its own.
 */
function fileNamer() {
  let reached = null;
  return (id, context) => {
    reached ??= Object.entries(STEPS).map(([step, files]) => [step, reach(files, context)]);
    const steps = reached.flatMap(([step, ids]) => (ids.has(id) ? [step] : []));
    if (steps.length === 0 || context.getModuleInfo(id)?.isEntry) return null;
    return steps[0] === 'start' ? 'start' : `for-${steps.join('-')}`;
  };
}

/** The modules that some files import, and those import, and so on. */
function reach(files, context) {
  const found = new Set();
  const add = (id) => {
    if (found.has(id)) return;
    found.add(id);
    for (const each of context.getModuleInfo(id)?.importedIds ?? []) add(each);
  };
  for (const file of files) add(join(next, file));
  return found;
}

function run(program, args) {
  const file = join(checkout, 'node_modules', program);
  const { status, error } = spawnSync(process.execPath, [file, ...args], { cwd: checkout, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}.`);
}
