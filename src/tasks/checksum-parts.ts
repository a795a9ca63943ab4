import type { ChecksumPart } from '../core/chunk.js';
import type { KeyPart } from '../core/encoding/key-bytes.js';
import type { Side } from '../core/pairing.js';
import type { ServerChecksum } from '../engines/session.js';

/** Reading so few rows costs hardly more than another statement: no smaller part is aimed at. */
export const PART_ROWS = 200;
/** A statement of more parts gets long, and each comparison with a key costs something for every row. */
const MOST_PARTS = 1000;
/** How long the keys of a statement may be in all, far below the longest statement that servers take. */
const MOST_KEY_BYTES = 64 << 10;

/** Which share of the keys of a range is drawn to cut it into parts. */
export function partShare(rows: number): number {
  return 1 / Math.max(PART_ROWS, rows / MOST_PARTS);
}

/** Leaves out keys, evenly, until the statement that names them all is short enough; keys that fit stay. */
export function thinOut(keys: readonly Buffer[]): readonly Buffer[] {
  const bytes = keys.reduce((sum, key) => sum + key.length, 0);
  const step = Math.max(Math.ceil(bytes / MOST_KEY_BYTES), Math.ceil(keys.length / (2 * MOST_PARTS)));
  return step <= 1 ? keys : keys.filter((_, i) => i % step === step - 1);
}

type PartSums = ReadonlyMap<number, ServerChecksum | null>;
const EMPTY: ServerChecksum = { rows: 0, sum: 0n };

/**
 * Judges each part by its number: a part without rows is not among the sums of a side. A part in which a row could not be
 * hashed is not proved, and neither is one that a server gave a number which no part has.
 */
export function judgeParts(
  { source, target }: Readonly<Record<Side, PartSums>>,
  ends: readonly (readonly KeyPart[] | null)[],
): ChecksumPart[] {
  const isKnown = [source, target].every((sums) => [...sums.keys()].every((part) => part in ends));
  return ends.map((end, part) => {
    const [one, other] = [source, target].map((sums) => (sums.has(part) ? sums.get(part) : EMPTY));
    const isProved = isKnown && one && other && one.rows === other.rows && one.sum === other.sum;
    return { end, provedRows: isProved ? one.rows : null };
  });
}

/** Joins parts that follow each other and were both proved, or both not. */
export function joinParts(parts: readonly ChecksumPart[]): ChecksumPart[] {
  const joined: ChecksumPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last === undefined || (last.provedRows === null) !== (part.provedRows === null)) joined.push(part);
    else joined[joined.length - 1] = joinTwo(last, part);
  }
  return joined;
}

function joinTwo(one: ChecksumPart, { end, provedRows }: ChecksumPart): ChecksumPart {
  const isProved = one.provedRows !== null && provedRows !== null;
  return { end, provedRows: isProved ? one.provedRows + provedRows : null };
}
