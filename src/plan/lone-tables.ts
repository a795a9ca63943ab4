import type { Finding } from '../core/finding.js';
import { qualifiedName } from '../core/pairing.js';
import { holdsOwnRows, type NamedTable } from '../core/schema.js';
import type { ComparisonScope } from './selection.js';

/** What is said of a table of the source that has no partner. */
export function missingTable(table: NamedTable): Finding {
  return {
    code: 'missing-table',
    about: { table: qualifiedName(table), side: 'source' },
    message: `Table ${qualifiedName(table)} of the source has no partner on the target.`,
    hint: `Name its partner with --map ${table.name}=NAME or --match-names, or leave it out with --exclude ${table.name}.`,
  };
}

/** Where the account sees only some tables, a partner that is not seen may well exist. */
export function unseenTable(table: NamedTable): Finding {
  return {
    code: 'table-unreadable',
    about: { table: qualifiedName(table), side: 'target', detail: 'no partner is seen' },
    message: `Table ${qualifiedName(table)} of the source has no partner among the tables that the account may see on the target.`,
    hint: `Grant SELECT on the target, or leave the table out with --exclude ${table.name}.`,
  };
}

/** What is said of tables of the target that have no partner. */
export function extraTables(
  names: readonly string[],
  partners: readonly NamedTable[],
  scope: ComparisonScope,
): Finding[] {
  return partners
    .filter((table) => names.includes(table.name) && holdsOwnRows(table))
    .filter((table) => scope.includesTable(table.name) && !scope.excludesTable(table.name))
    .map((table) => ({
      code: 'extra-table',
      about: { table: qualifiedName(table), side: 'target' },
      message: `Table ${qualifiedName(table)} exists on the target only; its rows were not looked at.`,
      hint: '',
    }));
}
