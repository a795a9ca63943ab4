import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** The path of a data set that lies beside the checkout, because it is too large or not ours to keep in it. */
export function sharedData(path: string): string {
  const shared = process.env.ROWPROOF_SHARED ?? join(CHECKOUT, '..', 'shared');
  const file = resolve(shared, 'data', path);
  if (existsSync(file)) return file;
  throw new Error(
    `Expected the shared data ${file}: put it there, name its folder in ROWPROOF_SHARED, or leave these tests out with ROWPROOF_SKIP_SHARED=1.`,
  );
}

/** A shared SQL script without the lines that make a database of a fixed name and enter it; tests bring their own. */
export function readSharedScript(path: string): string {
  return readFileSync(sharedData(path), 'utf8').replace(
    /^\s*(DROP DATABASE|CREATE DATABASE|USE|\\c)\b.*$/gim,
    '',
  );
}

/** A `describe` whose tests need shared data; ROWPROOF_SKIP_SHARED=1 lists them as skipped instead of failing them. */
export function describeWithSharedData(title: string, defineTests: () => void): void {
  if (process.env.ROWPROOF_SKIP_SHARED === '1')
    describe.skip(`${title} (left out by ROWPROOF_SKIP_SHARED)`, defineTests);
  else describe(title, defineTests);
}
