import picomatch from 'picomatch';
import type { ColumnRequest } from '../core/column-rule.js';
import type { ComparisonScope, NameTest } from '../verifier/selection.js';
import type { ColumnPattern, RunConfig } from './run-config.js';

const GLOB_CHARACTERS = /[*?[\]{}!()]/;

/** Compiles the patterns of a config into tests on names. */
export function compileScope(config: RunConfig): ComparisonScope {
  const includes = compileGlobs(config.tables);
  return {
    includesTable: (name) => config.tables.length === 0 || includes(name),
    excludesTable: compileGlobs(config.exclude),
    namesTable: (name) => config.tables.includes(name) || config.map.some((entry) => entry.source === name),
    wantsWholeSchema:
      config.tables.length === 0 || config.tables.some((pattern) => GLOB_CHARACTERS.test(pattern)),
    mapping: config.map,
    matchNames: config.matchNames,
    includesColumn: (table) => {
      const patterns = patternsFor(config.columns, table);
      return patterns.length === 0 ? null : compileGlobs(patterns);
    },
    ignoresColumn: (table) => compileGlobs(patternsFor(config.ignoreColumns, table)),
    sourceWhere: (table) => config.where.get(table) ?? null,
    targetWhere: (table) => config.targetWhere.get(table) ?? null,
    columnMapping: (table) => config.columnMap.get(table) ?? [],
    key: (table) => config.keys.get(table) ?? null,
    columnRequest: (table, column) => columnRequest(config, table, column),
  };
}

/** Of two relaxations of one kind the one of the more exact name holds, and of equally exact ones the later one. */
function columnRequest(config: RunConfig, table: string, column: string): ColumnRequest {
  const relaxations = leastExactFirst(config.relax, table, column).flatMap((entry) => entry.relaxations);
  return {
    relaxations: [...new Map(relaxations.map((each) => [each.kind, each])).values()],
    uuidSwap: leastExactFirst(config.uuidSwap, table, column).at(-1)?.side ?? null,
    timeZones: { source: config.sourceTimezone, target: config.targetTimezone },
  };
}

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

/** A name that is spelled out matches itself, also where it holds characters that mean something in a glob. */
function compileGlobs(patterns: readonly string[]): NameTest {
  const exact = new Set(patterns);
  const globs = patterns.map((pattern) => picomatch(pattern, { dot: true, nonegate: true, bash: true }));
  return (name) => exact.has(name) || globs.some((matches) => matches(name));
}

/** Whether a pattern of the user's means a table or a column. */
export function matchesName(pattern: string, name: string): boolean {
  return compileGlobs([pattern])(name);
}

function patternsFor(columns: readonly ColumnPattern[], table: string): string[] {
  return columns.filter((pattern) => matchesName(pattern.table, table)).map((pattern) => pattern.column);
}
