import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const TEST_FOLDER = fileURLToPath(new URL('./test', import.meta.url));

/** What a test needs that is more than sources: servers, the built package, data beside the checkout. */
const NOT_ALONE =
  /^(?:inject|rowproof)$|support\/(?:browser|database|run-cli|kept-server|private-server|shared-data|pgbouncer|pgpool)\.js$/;
const ALONE = 'src/{core,config,report,diagnosis,log,cli}/**/*.ts';
const IMPORTED = /^(?:(?:import|export)\b.*|\}) from '([^']+)';$|^import '([^']+)';$/gm;

const importsOf = new Map<string, readonly string[]>();

function readImports(path: string): readonly string[] {
  const known = importsOf.get(path);
  if (known !== undefined) return known;
  const found = [...readFileSync(path, 'utf8').matchAll(IMPORTED)].map(
    ([, one, other]) => one ?? other ?? '',
  );
  importsOf.set(path, found);
  return found;
}

/** Whether a test file, or what it imports from the tests, needs more than sources. */
function needsMore(path: string, seen = new Set<string>()): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  return readImports(path).some((specifier) => {
    if (NOT_ALONE.test(specifier)) return true;
    const file = normalize(join(dirname(path), specifier)).replace(/\.js$/, '.ts');
    return (
      specifier.startsWith('.') &&
      file.startsWith(TEST_FOLDER) &&
      file.endsWith('.ts') &&
      needsMore(file, seen)
    );
  });
}

const include = readdirSync(TEST_FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && !/^(?:fuzz|traps)\b/.test(name))
  .map((name) => join(TEST_FOLDER, name))
  .filter((path) => !needsMore(path));

/** Tests that need no server, without fuzzing and attacks: for the time in which code is written. */
export default defineConfig({
  test: {
    include,
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
