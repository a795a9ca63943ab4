import { createRequire } from 'node:module';
import type picomatch from 'picomatch';
import type { ColumnPattern } from './run-config.js';

/** A name without a character that may mean something in a glob. */
const PLAIN_NAME = /^\w+(?:\.\w+)*$/;

/** The entries that mean a column; those that name its table, and then those that name the column itself, come last. */
export function leastExactFirst<Entry extends ColumnPattern>(
  entries: readonly Entry[],
  table: string,
  column: string,
): Entry[] {
  return entries
    .filter((entry) => matchesName(entry.table, table) && matchesName(entry.column, column))
    .sort((one, other) => exactness(one, table, column) - exactness(other, table, column));
}

/** How exactly an entry names a column that it means: by pattern, column, table, or both. */
export function exactness(entry: ColumnPattern, table: string, column: string): number {
  return (entry.table === table ? 2 : 0) + (entry.column === column ? 1 : 0);
}

/** A test of names; one that is spelled out matches itself, also where it holds characters that mean something in a glob. */
export function compileGlobs(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns);
  const globs = patterns.filter((pattern) => !PLAIN_NAME.test(pattern)).map(compileGlob);
  return (name) => exact.has(name) || globs.some((matches) => matches(name));
}

const require = createRequire(import.meta.url);

/** Loaded late: most runs name their tables, if any. */
function compileGlob(pattern: string): (name: string) => boolean {
  const compile = require('picomatch') as typeof picomatch;
  return compile(pattern, { dot: true, nonegate: true, bash: true });
}

/** Whether a pattern of the user's means a table or a column. */
export function matchesName(pattern: string, name: string): boolean {
  return compileGlobs([pattern])(name);
}
