import { type ComparePartitionTask, compareBytes } from '../core/bucket.js';
import { RowproofError } from '../core/errors.js';
import { PartitionFile } from './partition-files.js';

/** A row that differs: the key bytes by which each side is asked for it; null where a side is not known to have it. */
export interface DifferingKeys {
  readonly source: Buffer | null;
  readonly target: Buffer | null;
  readonly sortKey: Buffer;
  /** The larger side's size of the row on the wire. */
  readonly wireBytes: number;
}

interface KeyedRow {
  readonly key: Buffer;
  readonly rowHash: bigint;
  readonly sortKey: Buffer;
  readonly wireBytes: number;
}

/**
 * Lists the rows of a partition that are on one side only or have different hashes, in the order of their sort keys.
 *
 * A missing and an extra row with the same folded key are listed as one: the servers will say whether their collation
 * takes the two keys for equal.
 */
export function findDifferingKeys(task: ComparePartitionTask): DifferingKeys[] {
  const source = readRows(PartitionFile.open(task, 'source'));
  const target = readRows(PartitionFile.open(task, 'target'));
  const differing: DifferingKeys[] = [];
  const missing: KeyedRow[] = [];
  const extra: KeyedRow[] = [];
  for (const [name, row] of source) {
    const twin = target.get(name);
    if (twin === undefined) missing.push(row);
    else if (twin.rowHash !== row.rowHash) {
      const wireBytes = Math.max(row.wireBytes, twin.wireBytes);
      differing.push({ source: row.key, target: row.key, sortKey: row.sortKey, wireBytes });
    }
  }
  for (const [name, row] of target) if (!source.has(name)) extra.push(row);
  differing.push(...pairByFold(missing, extra));
  return differing.sort(
    (one, other) =>
      compareBytes(one.sortKey, other.sortKey) ||
      compareBytes(one.source ?? other.target ?? EMPTY, other.source ?? one.target ?? EMPTY),
  );
}

const EMPTY = new Uint8Array(0);

function readRows(file: PartitionFile): Map<string, KeyedRow> {
  const rows = new Map<string, KeyedRow>();
  try {
    for (const { payload, rowHash, sortKey, wireBytes } of file.rows({ withPayload: true })) {
      if (payload === null) continue;
      const name = payload.toString('latin1');
      if (rows.has(name)) throw duplicateKey();
      rows.set(name, { key: payload, rowHash, sortKey, wireBytes });
    }
  } finally {
    file.close();
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
      return [{ source: one.key, target: other.key, sortKey: one.sortKey, wireBytes }];
    }
    return [
      ...group.missing.map((row) => ({ ...row, source: row.key, target: null })),
      ...group.extra.map((row) => ({ ...row, source: null, target: row.key })),
    ];
  });
}
