import { compileGlobs, matchesName } from '../config/name-patterns.js';
import { optionError } from '../config/raw-flags.js';
import type { ColumnPattern, RunConfig } from '../config/run-config.js';
import { SIDES, type Side } from '../core/pairing.js';
import { type Catalog, listAllTables, type NamedObject } from '../core/schema.js';
import { compileScope } from './comparison-scope.js';
import { askForName } from './name-hint.js';

/**
 * Refuses names and patterns that mean no table: a misspelt `--tables` entry would otherwise be a table that nobody
 * checked, and a misspelt `--exclude` or `--where` would be without effect.
 */
export function assertNamesExist(config: RunConfig, source: Catalog, target: Catalog): void {
  const schemas = [source.schema, target.schema];
  const own = namesOf(source, schemas);
  const partners = namesOf(target, schemas);
  const named: readonly (readonly [string, readonly string[]])[] = [
    ['--tables', config.tables],
    ['--columns', config.columns.map((pattern) => pattern.table)],
    ['--ignore-columns', config.ignoreColumns.map((pattern) => pattern.table)],
    ['--show-columns', config.showColumns.map((pattern) => pattern.table)],
    ['--relax', config.relax.map((pattern) => pattern.table)],
    ['--uuid-swap', config.uuidSwap.map((pattern) => pattern.table)],
    ['--where', [...config.where.keys()]],
    ['--target-where', [...config.targetWhere.keys()]],
    ['--key', [...config.keys.keys()]],
    ['--map', config.map.map((entry) => entry.source)],
    ['columnMap', [...config.columnMap.keys()]],
    ['tableSettings', config.tableSettings],
  ];
  for (const [flag, patterns] of named) {
    for (const pattern of patterns) assertMatch(flag, pattern, own, 'source');
  }
  for (const pattern of config.exclude) assertMatch('--exclude', pattern, bothNames(own, partners), 'source');
  assertBothConditions(config);
  for (const { target: name } of config.map) assertMatch('--map', name, partners, 'target');
  assertMapped(config, { source: own.tables, target: partners.tables });
  assertColumnsExist(config, source);
  assertKeysExist(config, source);
  for (const pattern of config.columns) assertColumnMeant('--columns', pattern, source);
  for (const pattern of config.ignoreColumns) assertColumnIgnored(pattern, source, target);
  for (const pattern of config.showColumns) assertColumnMeant('--show-columns', pattern, source);
  for (const pattern of config.relax) assertColumnMeant('--relax', pattern, source);
  for (const pattern of config.uuidSwap) assertColumnMeant('--uuid-swap', pattern, source);
}

/** A pattern pairs no table with another; and a source table whose namesake is given away has no partner left. */
function assertMapped(config: RunConfig, tables: Readonly<Record<Side, readonly string[]>>): void {
  const mapped = new Set(config.map.map((entry) => entry.source));
  const { includesTable, excludesTable } = compileScope(config);
  for (const entry of config.map) {
    const pattern = SIDES.find((side) => !tables[side].includes(entry[side]));
    if (pattern !== undefined) {
      throw optionError({
        option: '--map',
        message: `--map pairs one table with one other, and "${entry[pattern]}" is a pattern.`,
        hint: 'Map each table by its own name, or pair names in another style with --match-names.',
      });
    }
    const name = entry.target;
    if (mapped.has(name) || !tables.source.includes(name)) continue;
    if (excludesTable(name) || !includesTable(name)) continue;
    throw optionError({
      option: '--map',
      message: `--map gives ${name} of the target to ${entry.source}, and ${name} of the source would pair with it too.`,
      hint: `Leave ${name} out with --exclude, map it to another table, or do not map ${entry.source}.`,
    });
  }
}

/**
 * A column that does not exist would be compared by the strict rule while the user believes it relaxed; and a table of
 * which only such columns are wanted would be verified by its key alone.
 */
function assertColumnMeant(flag: string, pattern: ColumnPattern, source: Catalog): void {
  const tables = source.tables.filter((table) => matchesName(pattern.table, table.name));
  const columns = tables.flatMap((table) => table.columns.map((column) => column.name));
  if (columns.some((name) => matchesName(pattern.column, name))) return;
  throw optionError({
    option: flag,
    message: `${flag} says "${pattern.table}.${pattern.column}", but no such column is on the source.`,
    hint: `${askForName(pattern.column, { schemas: [], names: columns })}Columns of ${tables[0]?.name}: ${(tables[0]?.columns ?? []).map((column) => column.name).join(', ')}.`,
  });
}

/** A column that only the target has is left out of nothing. */
function assertColumnIgnored(pattern: ColumnPattern, source: Catalog, target: Catalog): void {
  const isOnTarget = target.tables.some((table) =>
    table.columns.some((column) => matchesName(pattern.column, column.name)),
  );
  if (!isOnTarget) assertColumnMeant('--ignore-columns', pattern, source);
}

/** All rows of the source would be compared with some of the target: the others would be called missing. */
function assertBothConditions({ where, targetWhere }: RunConfig): void {
  const alone = [...targetWhere.keys()].find((table) => !where.has(table));
  if (alone === undefined) return;
  throw optionError({
    option: '--target-where',
    message: `--target-where says which rows of "${alone}" are compared, and --where does not: all rows of the source would be compared with some of the target.`,
    hint: `Add --where '${alone}:SQL' in the words of the source.`,
  });
}

/** A table without the key that was asked for would be compared in another way than its user wanted. */
function assertKeysExist({ keys }: RunConfig, source: Catalog): void {
  for (const [name, key] of keys) assertColumns(source, name, { flag: '--key', names: key });
}

/** A misspelt column would leave the one that was meant without its partner, and the report would call it missing. */
function assertColumnsExist({ columnMap }: RunConfig, source: Catalog): void {
  for (const [name, mapping] of columnMap) {
    assertColumns(source, name, { flag: 'columnMap', names: mapping.map((entry) => entry.source) });
  }
}

function assertColumns(
  source: Catalog,
  name: string,
  { flag, names }: { readonly flag: string; readonly names: readonly string[] },
): void {
  const columns = (source.tables.find((table) => table.name === name)?.columns ?? []).map(
    (column) => column.name,
  );
  const unknown = names.find((column) => !columns.includes(column));
  if (unknown === undefined) return;
  throw optionError({
    option: flag,
    message: `${flag} names "${unknown}", but ${name} on the source has no such column.`,
    hint: `${askForName(unknown, { schemas: [], names: columns })}Its columns: ${columns.join(', ')}.`,
  });
}

/** What has a name on a side: tables, and what could be taken for one. */
interface SideNames {
  /** Those that reports print before names. */
  readonly schemas: readonly string[];
  readonly tables: readonly string[];
  readonly others: readonly NamedObject[];
}

function namesOf(catalog: Catalog, schemas: readonly string[]): SideNames {
  const tables = listAllTables(catalog).map((table) => table.name);
  return { schemas, tables, others: catalog.others };
}

function bothNames(one: SideNames, other: SideNames): SideNames {
  return {
    schemas: one.schemas,
    tables: [...new Set([...one.tables, ...other.tables])],
    others: [...one.others, ...other.others],
  };
}

function listSome(names: readonly string[]): string {
  return `${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`;
}

function assertMatch(
  flag: string,
  pattern: string,
  { schemas, tables, others }: SideNames,
  side: string,
): void {
  if (tables.some(compileGlobs([pattern]))) return;
  const other = others.find(({ name }) => name === pattern);
  throw optionError({
    option: flag,
    message:
      other === undefined
        ? `${flag} says "${pattern}", but no table of the ${side} has such a name.`
        : `${flag} says "${pattern}", but that is ${other.what} on the ${side}.`,
    hint:
      tables.length === 0
        ? `The ${side} has no tables.`
        : `${askForName(pattern, { schemas, names: tables })}Its tables: ${listSome(tables)}.`,
  });
}
