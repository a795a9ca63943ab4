import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import type { TablePair } from '../core/pairing.js';
import type { Engine, RowSelection, Session } from '../engines/engine.js';
import { eachRow } from '../engines/row-span.js';
import { codecColumn, compileRuledCodec } from '../engines/ruled-codec.js';
import { RowReader } from '../hashing/row-reader.js';

/** Where keys of the source are read: a table pair, and a session of the source's engine. */
export interface KeySource {
  readonly pair: TablePair;
  readonly engine: Engine;
  readonly session: Session;
}

export interface FoundKey {
  readonly bytes: Buffer;
  readonly parts: readonly KeyPart[];
}

/** Selects only the key columns of the source, so that the index alone answers. */
export function keySelection(pair: TablePair): RowSelection {
  const key = pair.key.map((column) => column.source);
  return {
    table: pair.source,
    columns: key,
    key,
    where: pair.sourceWhere,
    range: { after: null, upTo: null },
    limit: null,
    offset: 0,
    descending: false,
  };
}

/** Opens a function that reads the one key which a selection of the source's keys returns, or null. */
export async function openKeyReader({
  pair,
  engine,
  session,
}: KeySource): Promise<(selection: Partial<RowSelection>) => Promise<FoundKey | null>> {
  const columns = pair.key.map((column) => column.source);
  const codec = await compileRuledCodec(
    engine,
    session,
    pair.key.map((column) => codecColumn(column, 'source')),
  );
  const reader = new RowReader(
    codec,
    pair.key.map((column) => ({ column: column.source, keyKind: column.keyKind })),
  );
  const kinds = pair.key.map((column) => column.keyKind);
  return async (selection) => {
    const keys = new ByteSink();
    const sql = engine.dialect.buildSelect({ ...keySelection(pair), ...selection });
    await session.readRows(sql, columns, (buffer, start, end, rows) =>
      eachRow(codec, { buffer, start, end, rows }, (row) => reader.readKey(row, keys)),
    );
    if (keys.length === 0) return null;
    const bytes = keys.toBuffer();
    return { bytes, parts: readKeyParts(kinds, bytes) };
  };
}
