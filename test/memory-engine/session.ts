import type { KeyPart } from '../../src/core/encoding/key-bytes.js';
import { RowproofError } from '../../src/core/errors.js';
import type { ConnectionSettings } from '../../src/engines/connection-settings.js';
import type { RowSelection } from '../../src/engines/row-selection.js';
import type { Questions, Session } from '../../src/engines/session.js';
import { compileCodec, encodeRow } from './codec.js';
import { describeTable, type MemoryTable, type MemoryValue, tablesOf } from './databases.js';

type Row = readonly MemoryValue[];
type Answers = {
  readonly [Kind in keyof Questions]?: (about: Questions[Kind]['about']) => Questions[Kind]['answer'];
};

/** Opens a session on a database in memory. */
export function openSession({ database }: ConnectionSettings): Session {
  const find = (name: string): MemoryTable => {
    const table = tablesOf(database).find((each) => each.name === name);
    if (table === undefined) throw new Error(`There is no table ${name}`);
    return table;
  };
  const answers: Answers = {
    catalog: () => ({
      engine: 'memory',
      version: '1',
      schema: database,
      tables: tablesOf(database).map((table) => describeTable(database, table)),
      others: [],
      unread: [],
      partial: null,
    }),
    codec: compileCodec,
    count: ({ table }) => find(table.name).rows.length,
    condition: () => ({ error: new Error('memory knows no conditions'), statement: '' }),
    duplicates: ({ table, columns }) => {
      const memory = find(table.name);
      const pick = picker(memory, columns);
      const names = memory.rows.map((row) => JSON.stringify(pick(row).map(String)));
      return new Set(names).size < names.length;
    },
  };
  return {
    server: { id: 'memory', place: database, started: null, asked: null },
    broken: false,
    receivedBytes: 0,
    findings: [],
    serverSessionId: '1',
    cancelKey: null,
    ask: async (kind, about) => {
      const answer = answers[kind];
      if (answer !== undefined) return answer(about);
      throw new RowproofError({ code: 'internal', message: `Memory was asked for its ${kind}` });
    },
    readRows: async (selection, onSpan) => {
      for (const row of selectRows(find(selection.table.name), selection)) {
        const bytes = encodeRow(row);
        if (!onSpan(bytes, 0, bytes.length, 1)) return;
      }
    },
    together: (work) => work(),
    pause: () => undefined,
    resume: () => undefined,
    close: async () => undefined,
  };
}

/** The rows of a selection, with its columns in their order. */
function selectRows(table: MemoryTable, selection: RowSelection): Row[] {
  const { columns, key, range, keys, limit, offset, descending } = selection;
  const keyOf = picker(table, key);
  const isWanted = (row: Row): boolean => {
    const own = keyOf(row);
    if (keys !== undefined) return keys.some((parts) => compare(own, parts) === 0);
    return (
      (range.after === null || compare(own, range.after) > 0) &&
      (range.upTo === null || compare(own, range.upTo) <= 0)
    );
  };
  const found = key.length === 0 ? [...table.rows] : table.rows.filter(isWanted);
  if (descending) found.reverse();
  return found.slice(offset, limit === null ? undefined : offset + limit).map(picker(table, columns));
}

function picker(table: MemoryTable, columns: readonly { readonly name: string }[]): (row: Row) => Row {
  const names = Object.keys(table.columns);
  const places = columns.map(({ name }) => names.indexOf(name));
  return (row) => places.map((place) => row[place] ?? null);
}

/** Compares a key with a bound, which may have fewer columns: it stands behind all keys that begin with it. */
function compare(own: Row, bound: readonly KeyPart[]): number {
  for (const [i, part] of bound.entries()) {
    const order = compareValues(own[i] ?? null, part.value as bigint | string);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(one: MemoryValue, other: bigint | string): number {
  if (typeof one === 'bigint') return one < BigInt(other) ? -1 : one > BigInt(other) ? 1 : 0;
  return Buffer.compare(Buffer.from(one ?? '', 'utf8'), Buffer.from(String(other), 'utf8'));
}
