import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import type { TablePair } from '../core/pairing.js';
import type { RowSelection } from '../engines/row-selection.js';
import { eachRow } from '../engines/row-span.js';
import { codecColumn, compileRuledCodec } from '../engines/ruled-codec.js';
import { selectRows } from '../engines/select-rows.js';
import type { Session } from '../engines/session.js';
import { RowReader } from '../hashing/row-reader.js';

/** Where keys of the source are read: a table pair, and a session of the source. */
export interface KeySource {
  readonly pair: TablePair;
  readonly session: Session;
}

export interface FoundKey {
  readonly bytes: Buffer;
  readonly parts: readonly KeyPart[];
}

/** Selects only the key columns of the source, so that the index alone answers. */
export function keySelection(pair: TablePair): RowSelection {
  return selectRows(pair, 'source', pair.key);
}

/** Opens a function that reads the one key which a selection of the source's keys returns, or null. */
export async function openKeyReader({
  pair,
  session,
}: KeySource): Promise<(selection: Partial<RowSelection>) => Promise<FoundKey | null>> {
  const codec = await compileRuledCodec(
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
    await session.readRows({ ...keySelection(pair), ...selection }, (buffer, start, end, rows) =>
      eachRow(codec, { buffer, start, end, rows }, (row) => reader.readKey(row, keys)),
    );
    if (keys.length === 0) return null;
    const bytes = keys.toBuffer();
    return { bytes, parts: readKeyParts(kinds, bytes) };
  };
}
