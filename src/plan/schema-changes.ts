import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../core/finding.js';
import { qualifiedName, SIDES, type Side } from '../core/pairing.js';
import type { Column, Key, Table, ValueType } from '../core/schema.js';
import type { PlannedTable } from './table-pairing.js';

/** What the report says of an alteration; `isMisread` where differing rows prove nothing either. */
export interface SchemaChange {
  readonly finding: Finding;
  readonly isMisread: boolean;
}

/**
 * Says where a table is no longer what the run took it for. Rows that were read as another type, or from a table that has
 * given its name to another one since, prove nothing of what is there now. `after` holds the tables of each side by their names.
 */
export function findSchemaChanges(
  planned: PlannedTable,
  after: Readonly<Record<Side, ReadonlyMap<string, Table>>>,
): readonly SchemaChange[] {
  return SIDES.flatMap((side) => {
    const table = planned[side];
    if (table === null || planned.source === null || planned.target === null) return [];
    const now = after[side].get(table.name);
    const key = (planned.pair?.key ?? []).map((column) => column[side].name);
    const change = describeChange(table, now, key);
    if (change === null) return [];
    const isMisread = now !== undefined && hasOtherTypes(table, now);
    const loss = isMisread ? ' Rows that differ are not listed, because they may have been misread.' : '';
    const finding: Finding = {
      code: 'schema-changed',
      about: { table: qualifiedName(table), side, detail: `${change}.${loss}` },
      message: `${qualifiedName(table)} on the ${side} was altered during the run: ${change}.${loss}`,
      hint: 'Run again while its definition stays as it is.',
    };
    return [{ finding, isMisread }];
  });
}

/** Values of another type may be taken for other values, and a row be called different that is not. */
function hasOtherTypes(before: Table, now: Table): boolean {
  const after = new Map(now.columns.map((column) => [column.name, column]));
  return before.columns.some(({ name, wire, type }) => {
    const found = after.get(name);
    return found !== undefined && (found.wire !== wire || readingOf(found.type) !== readingOf(type));
  });
}

/** How long a value may be has no part in how it is read. */
const LIMITS: ReadonlySet<string> = new Set(['mostCharacters', 'mostBytes', 'precision', 'scale', 'truth']);

function readingOf(type: ValueType): string {
  return JSON.stringify(type, (name, value: unknown) => (LIMITS.has(name) ? undefined : value));
}

/** What is no longer as it was of a table, in words that complete "it was altered: …"; `key` is what its rows are told apart by. */
export function describeChange(before: Table, now: Table | undefined, key: readonly string[]): string | null {
  if (now === undefined) return 'it is no longer there';
  if (before.kind !== now.kind) return `it is a ${now.kind.replace('-', ' ')} now`;
  if (JSON.stringify(before.heirs) !== JSON.stringify(now.heirs)) return 'other tables inherit from it now';
  const change = describeColumns(before, now);
  if (change !== null) return change;
  return before.identity === now.identity
    ? describeKey(before, now, key)
    : 'it was made anew, or its rows were moved to a new table';
}

function describeColumns(before: Table, now: Table): string | null {
  const after = new Map(now.columns.map((column) => [column.name, column]));
  for (const column of before.columns) {
    const found = after.get(column.name);
    if (found === undefined) return `it has no column ${column.name} any more`;
    const change = describeColumn(column, found);
    if (change !== null) return change;
  }
  const known = new Set(before.columns.map(({ name }) => name));
  const added = now.columns.find(({ name }) => !known.has(name));
  return added === undefined ? null : `it has another column now, ${added.name}`;
}

/** Columns that are known to be the same now as before: those of a catalog are shared by all tables that have one alike. */
const unchanged = new WeakMap<Column, Column>();

function describeColumn(before: Column, now: Column): string | null {
  if (unchanged.get(before) === now) return null;
  const change = describeDifference(before, now);
  if (change === null) unchanged.set(before, now);
  return change;
}

function describeDifference(before: Column, now: Column): string | null {
  const { name } = before;
  if (before.declared !== now.declared)
    return `column ${name} is ${now.declared} now, not ${before.declared}`;
  if (before.collation !== now.collation) return `column ${name} has another collation now`;
  if (before.nullable !== now.nullable) return `column ${name} can${now.nullable ? '' : 'not'} be NULL now`;
  return isDeepStrictEqual(before, now) ? null : `column ${name} has another definition now`;
}

/** Rows were told apart, and found again, by what the key's index said. */
function describeKey(before: Table, now: Table, key: readonly string[]): string | null {
  const isUsed = ({ columns }: Key): boolean =>
    columns.length === key.length && columns.every((name) => key.includes(name));
  // What a plan took from a key of heirs is not in the catalog; their trees were compared before.
  if (before.heirs.length > 0) return null;
  const lost = before.keys.filter(isUsed).find(({ unique, ineligible, name }) => {
    const found = now.keys.find((each) => each.name === name);
    return found?.unique !== unique || found.ineligible !== ineligible || !isUsed(found);
  });
  return lost === undefined ? null : `unique key ${lost.name} was dropped or changed`;
}
