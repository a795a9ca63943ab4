import { qualifiedName, type TablePair } from '../core/pairing.js';
import type { ForeignKey, RepairCatalog } from '../engines/repair.js';

/** In which order tables are written, and which foreign keys cannot follow from order alone. */
export interface TableOrder {
  /** Names of the target's tables, referenced ones first. */
  readonly parentsFirst: readonly string[];
  /**
   * By table: columns that are NULL while rows come and go, because their foreign key closes a circle (a table that
   * refers to itself, or tables that refer to each other).
   */
  readonly loose: ReadonlyMap<string, ReadonlySet<string>>;
  /** Foreign keys of a table to itself whose columns cannot be NULL: its rows follow one another by level. */
  readonly levelled: ReadonlyMap<string, readonly ForeignKey[]>;
  /** Foreign keys that close a circle, cannot be NULL and are checked at once: rows behind them cannot be written. */
  readonly stuck: ReadonlyMap<string, ForeignKey>;
  /** A circle is left to the check at the end of the transaction, so there must be one only. */
  readonly needsOneTransaction: boolean;
}

/** Orders the tables of a run by their foreign keys. */
export function orderTables(pairs: readonly TablePair[], { tables }: RepairCatalog): TableOrder {
  const nullable = new Map(
    pairs.map((pair) => [
      qualifiedName(pair.target),
      new Set(pair.target.columns.filter((column) => column.nullable).map((column) => column.name)),
    ]),
  );
  const looseColumns = ({ table, columns }: ForeignKey): string[] =>
    columns.filter((column) => nullable.get(table)?.has(column));
  const loose = new Map<string, Set<string>>();
  const loosen = (key: ForeignKey): void => {
    loose.set(key.table, new Set([...(loose.get(key.table) ?? []), ...looseColumns(key)]));
  };
  const known = tables.filter((table) => nullable.has(table.name)).flatMap((table) => table.foreignKeys);
  const levelled = new Map<string, ForeignKey[]>();
  for (const key of known.filter((each) => each.table === each.referencedTable)) {
    if (looseColumns(key).length > 0) loosen(key);
    else levelled.set(key.table, [...(levelled.get(key.table) ?? []), key]);
  }
  const links = known.filter((key) => key.table !== key.referencedTable && nullable.has(key.referencedTable));
  const { parentsFirst, opened } = sortTables([...nullable.keys()], links, looseColumns);
  for (const key of opened.filter((each) => looseColumns(each).length > 0)) loosen(key);
  const rigid = opened.filter((key) => looseColumns(key).length === 0);
  return {
    parentsFirst,
    loose,
    levelled,
    stuck: new Map(rigid.filter((key) => !key.deferrable).map((key) => [key.table, key])),
    needsOneTransaction: rigid.some((key) => key.deferrable),
  };
}

/** Takes tables whose parents are all taken; where none is, opens a circle at a link that can be NULL, if there is one. */
function sortTables(
  names: readonly string[],
  links: readonly ForeignKey[],
  looseColumns: (key: ForeignKey) => readonly string[],
): { parentsFirst: string[]; opened: ForeignKey[] } {
  const parentsFirst: string[] = [];
  const opened: ForeignKey[] = [];
  const left = new Set(names);
  let open = [...links];
  while (left.size > 0) {
    const free = [...left].filter((name) => !open.some((key) => key.table === name));
    for (const name of free) {
      parentsFirst.push(name);
      left.delete(name);
    }
    if (free.length > 0) {
      open = open.filter((key) => left.has(key.referencedTable));
      continue;
    }
    const circular = open.filter((key) => reaches(key.referencedTable, key.table, open));
    const chosen =
      circular.find((key) => looseColumns(key).length > 0) ??
      circular.find((key) => key.deferrable) ??
      circular[0];
    if (chosen !== undefined) opened.push(chosen);
    open = open.filter((key) => key !== chosen);
  }
  return { parentsFirst, opened };
}

function reaches(from: string, to: string, links: readonly ForeignKey[]): boolean {
  const seen = new Set([from]);
  for (const name of seen) {
    for (const link of links) if (link.table === name) seen.add(link.referencedTable);
  }
  return seen.has(to);
}
