import {
  type BucketSums,
  choosePartitionBounds,
  findDifferingBuckets,
  type SumBucketsTask,
  type UnusableKey,
} from '../core/bucket.js';
import { NONE_UNFOUND } from '../core/chunk.js';
import { describeCauses } from '../core/error-cause.js';
import type { Finding } from '../core/finding.js';
import { comparedColumns, isLookedUp, qualifiedName, type Side, type TablePair } from '../core/pairing.js';
import { selectRows } from '../engines/select-rows.js';
import type { TableState } from '../state/table-state.js';
import { type BucketRun, onBothSides, Unverified, unverified, wholeTable } from './bucket-run.js';
import { compareSpilled } from './compare-spilled.js';
import { noteDone } from './leave-table.js';
import { endTable, reportUnverified, runWithRetries, type TableRun } from './table-run.js';
import { TableWork } from './table-work.js';

/**
 * Compares a table whose rows cannot be walked in an order that both sides share: each side is read as it comes, and
 * adds the hash of each row to a bucket. Sums do not depend on order. Where buckets differ, a second pass keeps their
 * rows, cut into partitions that are compared one after the other, so that memory stays the same however much differs.
 * Without an index that is trusted, the rows that differ are not asked for by key.
 */
export async function compareByBuckets(
  run: TableRun,
  table: TableState,
  { isIndexTrusted = true }: { readonly isIndexTrusted?: boolean } = {},
): Promise<void> {
  const { pair } = table.planned;
  if (pair === null) return;
  const work = new TableWork(table);
  try {
    const keyFinding = await findUnusableKey(run, pair);
    if (keyFinding !== null) table.addFinding(keyFinding);
    const asBag = pair.key.length === 0 || keyFinding !== null;
    const withRows = !asBag && !(isIndexTrusted && isLookedUp(pair));
    await comparePasses({ run, table, pair, asBag, withRows, work });
  } catch (error) {
    if (!(error instanceof Unverified)) throw error;
    if (!run.signal.aborted) await reportUnverified(run, table, error.result);
  }
  if (run.signal.aborted) return;
  work.isPlanned = true;
  // Else the last of the parts that are held back ends it.
  if (!work.isDone) return;
  noteDone(table);
  await endTable(run, table);
}

async function comparePasses(bucket: BucketRun): Promise<void> {
  const { table, pair, asBag } = bucket;
  if (asBag) table.record({ kind: 'bag' });
  const sums = await onBothSides((side) => sumSide(bucket, side));
  const { source, target } = sums;
  const differing = findDifferingBuckets(source, target);
  if (!differing.includes(1)) return addRead(bucket, sums);
  if (asBag) assertComparable(pair);
  const bounds = choosePartitionBounds([source, target], differing);
  const found = await compareSpilled(bucket, { wanted: differing, bounds });
  if (found.kind === 'unusable-key') return compareAsBag(bucket, found);
  addRead(bucket, sums);
  if (found.open.length === 0) return;
  // The rows of these partitions are in nothing that was counted: they are spilled once more, whole this time.
  const again = await compareSpilled(
    { ...bucket, withRows: true },
    { wanted: differing, bounds },
    found.open,
  );
  if (again.kind === 'unusable-key')
    throw new Unverified(unverified({ code: 'key-order', message: again.reason }));
}

/** Without a key nothing says which rows belong together, so every difference must be one by itself. */
function assertComparable(pair: TablePair): void {
  const columns = comparedColumns(pair);
  const name = qualifiedName(pair.source);
  const tolerant = columns.find(({ rule }) => rule.kind === 'adapted' && rule.tolerance !== null);
  if (tolerant !== undefined) {
    throw new Unverified(
      unverified({
        code: 'key-order',
        message: `Rows of ${name} differ, but nothing tells them apart: a tolerance on ${tolerant.source.name} needs a key that does.`,
        hint: 'Name columns that tell rows apart with --key, or leave the tolerance out.',
      }),
    );
  }
  const opaque = columns.find(({ canonical }) => canonical === 'wire')?.source;
  if (opaque === undefined) return;
  throw new Unverified(
    unverified({
      code: 'key-order',
      message: `Rows of ${name} differ, but nothing tells them apart, and column ${opaque.name} (${opaque.declared}) has no rule that would say whether its values do.`,
      hint: `Leave it out with --ignore-columns ${pair.source.name}.${opaque.name}, or name columns that tell rows apart with --key.`,
    }),
  );
}

const NOTHING = {
  counts: { missing: 0, extra: 0, changed: 0, inFlight: 0 },
  changedColumns: {},
  undecidedColumns: {},
};

/** Counts the rows of a side once, although a table that differs is read more than once. */
function addRead({ table }: BucketRun, { source, target }: Record<Side, BucketSums>): void {
  table.record({
    kind: 'compared',
    range: null,
    hasher: 'client',
    rows: { ...NOTHING, sourceRows: source.rows, targetRows: target.rows },
    unfound: NONE_UNFOUND,
    part: 0,
    stored: null,
    keys: null,
  });
}

/** What a reader must know who looks for changed rows and finds none. */
const COMPARED_WHOLE =
  'They were compared by the values of all compared columns together, so a row that changed is a missing and an extra one.';

function compareAsBag(bucket: BucketRun, { reason }: UnusableKey): Promise<void> {
  bucket.table.addFinding({
    code: 'key-unmatchable',
    about: { table: bucket.table.name, detail: reason },
    message: `Rows were not matched by their key, because ${reason}. ${COMPARED_WHOLE}`,
    hint: '',
  });
  return comparePasses({ ...bucket, asBag: true, withRows: false });
}

async function sumSide({ run, table, pair, asBag }: BucketRun, side: Side): Promise<BucketSums> {
  const task: SumBucketsTask = { kind: 'sum-buckets', pairId: pair.id, side, asBag };
  const result = await runWithRetries(run, wholeTable(table), task);
  if (result.kind === 'unverified') throw new Unverified(result);
  return result.sums;
}

/** Asks a side without a unique index on the key whether two of its rows have the same one. */
async function findUnusableKey(run: TableRun, pair: TablePair): Promise<Finding | null> {
  for (const side of pair.unproven) {
    const { engine, session } = run.sides[side];
    const isRepeated = await session
      .ask('duplicates', selectRows(pair, side, pair.key))
      .catch((error: unknown) => {
        const { code, transient, message, hint } = engine.classifyError(error);
        throw new Unverified({
          kind: 'unverified',
          transient,
          error: {
            code,
            hint,
            causes: describeCauses(error),
            message: `Cannot look for duplicate keys in ${qualifiedName(pair[side])} on the ${side}: ${message}`,
          },
        });
      });
    if (isRepeated) return duplicateKey(pair, side);
  }
  return null;
}

function duplicateKey(pair: TablePair, side: Side): Finding {
  const names = pair.key.map((column) => column[side].name).join(', ');
  return {
    code: 'duplicate-key',
    about: { table: qualifiedName(pair[side]), side, columns: pair.key.map((column) => column[side].name) },
    message: `Rows of ${qualifiedName(pair[side])} on the ${side} share a key (${names}). ${COMPARED_WHOLE}`,
    hint: 'Name columns that tell rows apart with --key.',
  };
}

/** Says of a table that should have been sampled that all of it was read. */
export function readInFull(name: string): Finding {
  return {
    code: 'read-in-full',
    about: { table: name },
    message: `Table ${name} was read in full: it has no order that both sides share to draw a sample by.`,
    hint: '',
  };
}
