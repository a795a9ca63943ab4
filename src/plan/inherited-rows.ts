import type { Finding } from '../core/finding.js';
import { qualifiedName, type Side } from '../core/pairing.js';
import { readsHeirs, type Table } from '../core/schema.js';

/**
 * Decides which rows of its heirs a table is read with: those of heirs that the run does not compare as tables of their own,
 * wherever they are. So each row that the engine shows in the table is read once, by the table or by an heir.
 *
 * Such a table has no key that anything makes sure of: an index covers one table of the tree.
 */
export function withInheritedRows(table: Table, compared: ReadonlySet<string>): Table {
  if (table.heirs.length === 0 || table.identity === null) return table;
  const own = findOwnHeirs(table, compared);
  if (own.size === 0) return { ...table, only: true };
  const all = new Set(table.heirs.map(({ identity }) => identity));
  const reason = 'it does not hold across the tables that inherit from it';
  return {
    ...table,
    only: false,
    members: own.size === all.size ? [] : [table.identity, ...own],
    keys: table.keys.map((key) => ({
      ...key,
      unique: false,
      ineligible: key.ineligible ?? reason,
      unenforced: true,
    })),
  };
}

/** Walks down the tree; what a compared heir inherits to others is read with that heir. */
function findOwnHeirs({ identity, heirs }: Table, compared: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [identity];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const heir of heirs) {
      if (heir.parent !== parent || compared.has(heir.identity) || found.has(heir.identity)) continue;
      found.add(heir.identity);
      open.push(heir.identity);
    }
  }
  return found;
}

/** Says which tables are read along, because nothing else of the report names them. */
export function describeInheritedRows(table: Table, side: Side): Finding[] {
  if (!readsHeirs(table)) return [];
  const isRead = (identity: string): boolean =>
    table.members.length === 0 || table.members.includes(identity);
  const names = new Set(table.heirs.filter(({ identity }) => isRead(identity)).map(({ name }) => name));
  return [
    {
      code: 'inherited-rows',
      about: { table: qualifiedName(table), side, detail: [...names].join(', ') },
      message: `${qualifiedName(table)} on the ${side} was read with the rows of ${[...names].join(', ')}, which inherit from it and are not compared as tables of their own.`,
      hint: '',
    },
  ];
}
