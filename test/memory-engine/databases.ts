import type { Column, Table } from '../../src/core/schema.js';

/** A value of a table in memory: an integer of 64 bits, or text. */
export type MemoryValue = bigint | string | null;

/** A table whose rows are kept in the order of its key. */
export interface MemoryTable {
  readonly name: string;
  /** The columns by name, the key's first. */
  readonly columns: Readonly<Record<string, 'int' | 'text'>>;
  /** How many columns the key has. */
  readonly key: number;
  readonly rows: readonly (readonly MemoryValue[])[];
}

const databases = new Map<string, readonly MemoryTable[]>();

/** Puts tables where `memory://here/NAME` finds them, and returns that URL. */
export function keepInMemory(name: string, tables: readonly MemoryTable[]): string {
  databases.set(name, tables);
  return `memory://here/${name}`;
}

/** The tables of a database, as a catalog has them. */
export function tablesOf(database: string): readonly MemoryTable[] {
  const found = databases.get(database);
  if (found === undefined) throw new Error(`Nothing is in memory under ${database}`);
  return found;
}

/** A table of memory as catalogs describe tables. */
export function describeTable(schema: string, table: MemoryTable): Table {
  const names = Object.keys(table.columns);
  return {
    schema,
    name: table.name,
    kind: 'table',
    identity: null,
    columns: Object.entries(table.columns).map(([name, type], i) =>
      describeColumn(name, type, i >= table.key),
    ),
    keys:
      table.key === 0
        ? []
        : [
            {
              name: 'key',
              columns: names.slice(0, table.key),
              primary: true,
              unique: true,
              ineligible: null,
            },
          ],
    estimatedRows: table.rows.length,
    estimatedRowBytes: null,
    unreadable: null,
    heirs: [],
    only: false,
    members: [],
    unread: [],
  };
}

function describeColumn(name: string, type: 'int' | 'text', nullable: boolean): Column {
  return {
    name,
    declared: type,
    wire: type,
    type:
      type === 'int'
        ? { kind: 'int', bits: 64, unsigned: false }
        : { kind: 'text', charset: 'utf8', padded: false, order: 'codepoint', uuidOrder: 'any-case' },
    nullable,
    generated: false,
    identity: 'none',
    invisible: false,
    collation: null,
  };
}
