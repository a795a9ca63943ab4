import { type ComparePartitionTask, compareBytes } from '../core/bucket.js';
import { RowproofError } from '../core/errors.js';
import type { Side } from '../core/pairing.js';
import type { PartitionFile } from './partition-files.js';

/** Where a row that was kept whole lies in the file of its side. */
export interface KeptRow {
  readonly at: number;
  readonly bytes: number;
  readonly rowHash: bigint;
}

/** A row that differs: the key bytes by which each side is asked for it; null where a side is not known to have it. */
export interface DifferingKeys {
  readonly source: Buffer | null;
  readonly target: Buffer | null;
  readonly sortKey: Buffer;
  /** The larger side's size of the row on the wire. */
  readonly wireBytes: number;
  /** The row of each side, null where it has none; null where rows were not kept. */
  readonly kept: Readonly<Record<Side, KeptRow | null>> | null;
}

/** The rows of a side that fell into a partition, and how the key bytes of one are read from what was kept of it. */
export interface KeyedFile {
  readonly file: PartitionFile;
  keyOf(payload: Buffer): Buffer;
}

interface KeyedRow extends KeptRow {
  readonly key: Buffer;
  readonly sortKey: Buffer;
  readonly wireBytes: number;
}

/**
 * Lists the rows of a partition that are on one side only or have different hashes, in the order of their sort keys.
 *
 * A missing and an extra row with the same folded key are listed as one: the servers will say whether their collation
 * takes the two keys for equal. Where rows were kept because servers cannot be asked, they stay two.
 */
export function findDifferingKeys(
  files: Readonly<Record<Side, KeyedFile>>,
  { withRows }: Pick<ComparePartitionTask, 'withRows'>,
): DifferingKeys[] {
  const source = readRows(files.source);
  const target = readRows(files.target);
  const differing: DifferingKeys[] = [];
  const missing: KeyedRow[] = [];
  const extra: KeyedRow[] = [];
  for (const [name, row] of source) {
    const twin = target.get(name);
    if (twin === undefined) missing.push(row);
    else if (twin.rowHash !== row.rowHash) {
      const wireBytes = Math.max(row.wireBytes, twin.wireBytes);
      const kept = withRows ? { source: row, target: twin } : null;
      differing.push({ source: row.key, target: row.key, sortKey: row.sortKey, wireBytes, kept });
    }
  }
  for (const [name, row] of target) if (!source.has(name)) extra.push(row);
  differing.push(...(withRows ? describeLoneRows(missing, extra) : pairByFold(missing, extra)));
  return differing.sort(
    (one, other) =>
      compareBytes(one.sortKey, other.sortKey) ||
      compareBytes(one.source ?? other.target ?? EMPTY, other.source ?? one.target ?? EMPTY),
  );
}

const EMPTY = new Uint8Array(0);

function readRows({ file, keyOf }: KeyedFile): Map<string, KeyedRow> {
  const rows = new Map<string, KeyedRow>();
  for (const spilled of file.rows({ withPayload: true })) {
    const { payload, rowHash, sortKey, wireBytes, payloadAt, payloadBytes } = spilled;
    if (payload === null) continue;
    const key = keyOf(payload);
    const name = key.toString('latin1');
    if (rows.has(name)) throw duplicateKey();
    rows.set(name, { key, rowHash, sortKey, wireBytes, at: payloadAt, bytes: payloadBytes });
  }
  return rows;
}

/** A key that was unique when the run began, or that an index does not keep unique after all. */
function duplicateKey(): RowproofError {
  return new RowproofError({
    code: 'key-order',
    message: 'Two rows have the same key, by which they should be told apart.',
    hint: 'Run again, or name columns that tell rows apart with --key.',
  });
}

/** Only one missing and one extra row make a pair: among more, which belongs to which would be a guess. */
function pairByFold(missing: readonly KeyedRow[], extra: readonly KeyedRow[]): DifferingKeys[] {
  const groups = new Map<string, { missing: KeyedRow[]; extra: KeyedRow[] }>();
  for (const [kind, rows] of [['missing', missing] as const, ['extra', extra] as const]) {
    for (const row of rows) {
      const name = row.sortKey.toString('latin1');
      const group = groups.get(name) ?? { missing: [], extra: [] };
      groups.set(name, group);
      group[kind].push(row);
    }
  }
  return [...groups.values()].flatMap((group): DifferingKeys[] => {
    const [one, other] = [group.missing[0], group.extra[0]];
    const isPair = group.missing.length === 1 && group.extra.length === 1;
    if (isPair && one !== undefined && other !== undefined) {
      const wireBytes = Math.max(one.wireBytes, other.wireBytes);
      return [{ source: one.key, target: other.key, sortKey: one.sortKey, wireBytes, kept: null }];
    }
    return describeLoneRows(group.missing, group.extra);
  });
}

function describeLoneRows(missing: readonly KeyedRow[], extra: readonly KeyedRow[]): DifferingKeys[] {
  return [
    ...missing.map((row) => ({ ...row, source: row.key, target: null, kept: { source: row, target: null } })),
    ...extra.map((row) => ({ ...row, source: null, target: row.key, kept: { source: null, target: row } })),
  ];
}
