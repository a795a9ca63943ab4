import type { ControlRow, ServerChecksum } from './session.js';

/**
 * What stands in the sum for a row that the server could not hash: more than all the hashes that a table can have
 * together, so that one such row shows in the sum. SQL's own SUM would leave it out on both sides and call them equal.
 */
export const UNHASHED = 10n ** 37n;

/** Reads the one row of a checksum statement; null where a row of the range could not be hashed. */
export function readChecksum(result: readonly ControlRow[]): ServerChecksum | null {
  return readSum(result[0] ?? {});
}

/** Reads the checksums of the parts of a range that have rows, by the number of the part. */
export function readPartChecksums(result: readonly ControlRow[]): ReadonlyMap<number, ServerChecksum | null> {
  return new Map(result.map((row) => [Number(row.part), readSum(row)]));
}

function readSum({ row_count: rows, hash_sum: sum }: ControlRow): ServerChecksum | null {
  if (rows == null || !/^\d{1,15}$/.test(rows)) return null;
  if (sum == null) return rows === '0' ? { rows: 0, sum: 0n } : null;
  if (!/^-?\d+$/.test(sum)) return null;
  return BigInt(sum) >= UNHASHED ? null : { rows: Number(rows), sum: BigInt(sum) };
}
