import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEST_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** What a test needs that is more than sources: servers, the built package, data beside the checkout. */
const NOT_ALONE =
  /^(?:inject|rowproof)$|\/(?:browser|database|run-cli|kept-server|private-server|shared-data|pgbouncer|pgpool)\.js$/;
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

/** The test files that need no server, without fuzzing and attacks. They change nothing that other files see, so that they may share a process. */
export function findLoneTests(): string[] {
  return readdirSync(TEST_FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !/^(?:fuzz|traps)\b/.test(name))
    .map((name) => join(TEST_FOLDER, name))
    .filter((path) => !needsMore(path));
}
