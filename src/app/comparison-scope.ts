import { compileGlobs, leastExactFirst, matchesName } from '../config/name-patterns.js';
import type { ColumnPattern, RunConfig } from '../config/run-config.js';
import type { ColumnRequest } from '../core/column-rule.js';
import type { ComparisonScope } from '../plan/selection.js';

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
    where: (table) => {
      const source = config.where.get(table) ?? null;
      return { source, target: config.targetWhere.get(table) ?? source };
    },
    hasOwnTargetWhere: (table) => config.targetWhere.has(table),
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

function patternsFor(columns: readonly ColumnPattern[], table: string): string[] {
  return columns.filter((pattern) => matchesName(pattern.table, table)).map((pattern) => pattern.column);
}
