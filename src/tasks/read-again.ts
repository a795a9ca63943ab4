import { ByteSink } from '../core/encoding/byte-sink.js';
import { type KeyKind, type KeyPart, readKeyParts } from '../core/encoding/key-bytes.js';
import type { Session } from '../engines/session.js';
import type { RowBatch } from './row-batch.js';
import { compareBytes } from './step-rows.js';
import { readEachRow, type TableSide } from './table-side.js';

/** Keys that rows are asked for by: their bytes, and the values that those were made of. */
export interface KeyList {
  readonly keys: readonly Buffer[];
  readonly parts: readonly (readonly KeyPart[])[];
}

/** Reads keys back into values. */
export function listKeys(keyKinds: readonly KeyKind[], keys: readonly Buffer[]): KeyList {
  return { keys, parts: keys.map((key) => readKeyParts(keyKinds, key)) };
}

/** Where rows are read from again. */
export interface ReadPlace {
  readonly prepared: TableSide;
  readonly session: Session;
}

/** Reads the rows with one of the keys, in full; `onRow` gets the key bytes of each, good until it returns. */
async function readByKeys(
  { prepared, session }: ReadPlace,
  { parts }: KeyList,
  onRow: (key: ByteSink, row: { buffer: Buffer; start: number; end: number }) => void,
): Promise<void> {
  const { selection, reader } = prepared;
  const sink = new ByteSink();
  await readEachRow({ session, selection: { ...selection, keys: parts }, codec: reader.codec }, (row) => {
    sink.reset();
    const end = reader.readKey(row, sink);
    onRow(sink, { buffer: row.buffer, start: row.offset, end });
    return end;
  });
}

/** Says which of the keys a side has a row for that is equal to them as its collation sees it: the rows' own key bytes. */
export async function readPresentKeys(place: ReadPlace, list: KeyList): Promise<ReadonlySet<string>> {
  const present = new Set<string>();
  await readByKeys(place, list, (key) => present.add(nameOf(key)));
  return present;
}

function nameOf({ bytes, length }: ByteSink): string {
  return bytes.toString('latin1', 0, length);
}

/**
 * Looks rows up by their keys, each into the place of its key in the list. They mostly come in the order of the list;
 * where they do not, as under another collation, they are found by name.
 */
export async function readListedRows(place: ReadPlace, list: KeyList, batch: RowBatch): Promise<void> {
  const { keys } = list;
  batch.reset(keys.length);
  let places: Map<string, number> | null = null;
  let next = 0;
  await readByKeys(place, list, (key, row) => {
    let order = 1;
    const found = { bytes: key.bytes, start: 0, end: key.length };
    for (; next < keys.length && order > 0; next++) {
      const wanted = keys[next] as Buffer;
      order = compareBytes(found, wanted, { start: 0, end: wanted.length });
      if (order === 0) batch.keep(next, row);
      if (order < 0) break;
    }
    if (order === 0) return;
    places ??= placesOf(keys);
    const at = places.get(nameOf(key));
    // A collation may also return rows with other keys than were asked for.
    if (at !== undefined) batch.keep(at, row);
  });
}

function placesOf(keys: readonly Buffer[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [at, key] of keys.entries()) {
    const name = key.toString('latin1');
    if (!places.has(name)) places.set(name, at);
  }
  return places;
}
