import { compileGlobs } from '../config/name-patterns.js';
import type { ColumnPattern, RunConfig } from '../config/run-config.js';
import type { Side } from '../core/pairing.js';
import type { SchemaNames } from '../core/schema.js';
import { MOST_TABLE_NAMES } from '../engines/session.js';
import { isLookedAt } from '../plan/not-looked-at.js';
import { withBareNames } from './bare-names.js';
import { compileScope } from './comparison-scope.js';

/** The names of the only tables of each side that a run has to do with; null where its catalog is read whole. */
export type ChosenTables = Readonly<Record<Side, readonly string[] | null>>;

/** Whether tables may be left out, so that their names are worth a look before anything is read of them. */
export function mayLeaveTables({ tables, exclude }: RunConfig): boolean {
  return tables.length > 0 || exclude.length > 0;
}

/**
 * Chooses the tables of which columns and keys are read: those that are compared, those that may be their partners, and those
 * that a setting names columns of, because a column that is not there is refused also of a table that is left out.
 */
export function chooseTables(config: RunConfig, names: Readonly<Record<Side, SchemaNames>>): ChosenTables {
  const named = withTablesNamed(config, names);
  const scope = compileScope(named);
  const schemas = [names.source.schema, names.target.schema];
  const isMentioned = compileMentions(config, schemas);
  const source = names.source.tables.filter((table) => isLookedAt(table, scope) || isMentioned(table.name));
  const partners = new Set([...source.map(({ name }) => name), ...named.map.map((entry) => entry.target)]);
  const target = names.target.tables.filter(({ name }) => partners.has(name) || isMentioned(name));
  return {
    source: worthNaming(source, names.source),
    target: mayPairAny(config) ? null : worthNaming(target, names.target),
  };
}

/** The names of tables as they were meant; what else a config says of tables is divided once their columns are known. */
function withTablesNamed(config: RunConfig, names: Readonly<Record<Side, SchemaNames>>): RunConfig {
  const alone = {
    ...config,
    ...{ columns: [], ignoreColumns: [], showColumns: [], relax: [], uuidSwap: [], fenceTable: null },
    ...{ where: new Map(), targetWhere: new Map(), keys: new Map(), columnMap: new Map() },
    ...{ tableSettings: [], tableMinRows: new Map(), tableModes: new Map() },
  };
  const catalogs = {
    source: { ...names.source, tables: [], all: names.source.tables },
    target: { ...names.target, tables: [], all: names.target.tables },
  };
  return withBareNames(alone, catalogs);
}

/** Names in another style pair with what only pairing finds; and a column is ignored that any table of the target has. */
function mayPairAny({ matchNames, ignoreColumns }: RunConfig): boolean {
  return matchNames !== 'exact' || ignoreColumns.length > 0;
}

/** A test for tables that a setting may name columns of, wherever in its text the name of the table ends. */
function compileMentions(config: RunConfig, schemas: readonly string[]): (table: string) => boolean {
  const { columns, ignoreColumns, showColumns, relax, uuidSwap, fenceTable } = config;
  const patterns: readonly ColumnPattern[] = [
    ...[...columns, ...ignoreColumns, ...showColumns, ...relax, ...uuidSwap],
    ...(fenceTable === null ? [] : [fenceTable]),
  ];
  const withBare = (name: string): string[] => [
    name,
    ...schemas
      .filter((schema) => name.startsWith(`${schema}.`))
      .map((schema) => name.slice(schema.length + 1)),
  ];
  const matches = compileGlobs(patterns.flatMap(listTableParts).flatMap(withBare));
  const keyed = new Set([...config.keys.keys(), ...config.columnMap.keys()].flatMap(withBare));
  return (table) => keyed.has(table) || matches(table);
}

/** Any dot may be the one between table and column. */
function listTableParts({ table, column }: ColumnPattern): string[] {
  const whole = `${table}.${column}`;
  return [table, ...[...whole.matchAll(/\./g)].map(({ index }) => whole.slice(0, index))];
}

/** Where most tables are wanted, all of them are asked for in a shorter statement. */
function worthNaming(
  wanted: readonly { readonly name: string }[],
  { tables }: SchemaNames,
): readonly string[] | null {
  if (wanted.length > MOST_TABLE_NAMES || wanted.length * 2 > tables.length) return null;
  return wanted.map(({ name }) => name);
}
