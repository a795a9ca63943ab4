import type { Finding } from '../core/finding.js';
import { qualifiedName, SIDES, type Side } from '../core/pairing.js';
import {
  type Catalog,
  holdsOwnRows,
  listAllTables,
  type NamedTable,
  type Table,
  type TableKind,
} from '../core/schema.js';
import type { ComparisonScope } from './selection.js';

/** Views are in the list of every report; these hold or show rows that a run over a schema would seem to cover. */
const PASSED_OVER: Partial<Record<TableKind, string>> = {
  'materialized-view': 'materialized views',
  'foreign-table': 'foreign tables',
};

/**
 * What a run over a schema passes over, by name, for the list of what was not checked: nobody must take its silence for a
 * check.
 */
export function listNotLookedAt(
  catalogs: Readonly<Record<Side, Catalog>>,
  scope: ComparisonScope,
): readonly string[] {
  const wanted = ({ name }: NamedTable): boolean =>
    !scope.namesTable(name) && !scope.excludesTable(name) && scope.includesTable(name);
  return SIDES.flatMap((side) => {
    const { unread } = catalogs[side];
    const tables = listAllTables(catalogs[side]);
    const kinds = Object.entries(PASSED_OVER).flatMap(([kind, words]) => {
      const names = tables.filter((table) => table.kind === kind && wanted(table)).map(qualifiedName);
      return names.length === 0 ? [] : [`${words} of the ${side}: ${names.join(', ')}`];
    });
    return [...kinds, ...unread.map((what) => `${what}, of the ${side}`)];
  });
}

/** What belongs to a table and is not compared with its rows. */
export function describeUnread(table: Table, side: Side): Finding[] {
  return table.unread.map((what) => ({
    code: 'not-looked-at',
    about: { table: qualifiedName(table), side, detail: what },
    message: `Of ${qualifiedName(table)} on the ${side}, ${what} was not compared.`,
    hint: '',
  }));
}

/** Whether a run looks at a relation: one that holds no rows of its own must be named. */
export function isLookedAt(table: NamedTable, scope: ComparisonScope): boolean {
  if (scope.excludesTable(table.name) || !scope.includesTable(table.name)) return false;
  return scope.namesTable(table.name) || holdsOwnRows(table);
}

/** Whether the user left a relation out, by `--exclude` or as one that `--tables` does not name. */
export function isLeftOut(table: NamedTable, scope: ComparisonScope): boolean {
  return scope.excludesTable(table.name) || (holdsOwnRows(table) && !scope.includesTable(table.name));
}
