import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import { SIDES, type Side, type TablePair } from '../core/pairing.js';
import type { Engine } from '../engines/engine.js';
import type { KeyRange, RowSelection } from '../engines/row-selection.js';
import type { Session } from '../engines/session.js';
import { prepareTableSide, readEachRow } from './table-side.js';

/** Where keys are read, and with what. */
export interface KeyPlace {
  readonly pair: TablePair;
  readonly side: Side;
  readonly engine: Engine;
  readonly session: Session;
}

/** Calls `onKey` with the key bytes of each row of a selection, good until it returns; false ends the read. */
export async function readEachKey(
  { pair, side, engine, session }: KeyPlace,
  selection: Partial<RowSelection>,
  onKey: (key: ByteSink) => boolean,
): Promise<void> {
  const prepared = await prepareTableSide({ ...pair, columns: [] }, side, { engine, session });
  const { reader } = prepared;
  const key = new ByteSink();
  await readEachRow(
    { session, selection: { ...prepared.selection, ...selection }, codec: reader.codec },
    (row) => {
      key.reset();
      const next = reader.readKey(row, key);
      return onKey(key) ? next : -1;
    },
  );
}

/** Reads the keys of a selection of a side's rows, from the index alone. */
export async function readKeys(place: KeyPlace, selection: Partial<RowSelection>): Promise<Buffer[]> {
  const keys: Buffer[] = [];
  await readEachKey(place, selection, (key) => {
    keys.push(key.toBuffer());
    return true;
  });
  return keys;
}

/** The smaller of two keys that end a range, or the only one: up to there both sides are sure to be asked. */
export function smallestEnd(pair: TablePair, ends: Readonly<Record<Side, Buffer | null>>): KeyRange['upTo'] {
  const smallest = SIDES.flatMap((side) => ends[side] ?? []).sort(Buffer.compare)[0];
  return smallest === undefined ? null : toKeyParts(pair, smallest);
}

/** Reads key bytes of a table pair back into values. */
export function toKeyParts(pair: TablePair, key: Buffer): KeyPart[] {
  return readKeyParts(
    pair.key.map((column) => column.keyKind),
    key,
  );
}
