import { type Catalog, listAllTables } from '../core/schema.js';
import { compileGlobs } from './name-patterns.js';
import type { ColumnPattern } from './run-config.js';

/** Takes the schema from the name of a table. */
export type Rename = (name: string) => string;

/** What a side has names for; the columns of tables that a config does not speak of may not be known. */
export type KnownTables = Pick<Catalog, 'schema' | 'tables' | 'all' | 'others'>;

/** Where names are looked up, and what is taken from them before. */
interface Known {
  readonly catalogs: readonly KnownTables[];
  readonly rename: Rename;
}

/**
 * Divides `a, b` into the names of two tables, as the last line of a report lists them; no table is meant by the whole of it
 * then, and one by a part of it.
 */
export function splitList(names: string, { catalogs, rename }: Known): string[] {
  const whole = rename(names);
  if (!names.includes(',') || isTable(whole, catalogs)) return [whole];
  const parts = names.split(',').map((part) => rename(part.trim()));
  return parts.some((part) => isTable(part, catalogs)) ? parts : [whole];
}

/**
 * Divides `TABLE.COLUMN` where it means something: any dot may be the one between, because tables and columns may have dots
 * in their names. What means nothing is divided so that at least the table is one, and then refused.
 */
export function splitColumn<Pattern extends ColumnPattern>(
  pattern: Pattern,
  { catalogs, rename }: Known,
): Pattern {
  const whole = `${pattern.table}.${pattern.column}`;
  const dots = [...whole.matchAll(/\./g)].map(({ index }) => index).reverse();
  const divided = dots.map((dot) => ({ table: rename(whole.slice(0, dot)), column: whole.slice(dot + 1) }));
  const given = { table: rename(pattern.table), column: pattern.column };
  const choices = [given, ...divided];
  const chosen =
    choices.find((choice) => isColumn(choice, catalogs)) ??
    choices.find(({ table }) => isTable(table, catalogs)) ??
    given;
  return { ...pattern, ...chosen };
}

function isTable(pattern: string, catalogs: readonly KnownTables[]): boolean {
  return catalogs.some((catalog) => isNameOf(catalog, pattern));
}

/** Whether a pattern means a table, or something else that has a name. */
export function isNameOf(catalog: KnownTables, pattern: string): boolean {
  const matches = compileGlobs([pattern]);
  return [...listAllTables(catalog), ...catalog.others].some(({ name }) => matches(name));
}

function isColumn({ table, column }: ColumnPattern, catalogs: readonly KnownTables[]): boolean {
  const [isMeant, hasName] = [compileGlobs([table]), compileGlobs([column])];
  return catalogs.some(({ tables }) =>
    tables.some(({ name, columns }) => isMeant(name) && columns.some((each) => hasName(each.name))),
  );
}
