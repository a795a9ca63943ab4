import { RowproofError, serializeError } from '../core/errors.js';
import type { TableState } from '../state/table-state.js';
import { compareByBuckets } from './compare-by-buckets.js';
import { settleUnfound } from './settle-unfound.js';
import { endTable, reportUnverified, type TableRun } from './table-run.js';

/**
 * Ends a table whose segments are all done. Where rows were not found by their keys because an index is broken, what was
 * read by it is worth nothing: the table is compared once more without it.
 */
export async function finishTable(run: TableRun, table: TableState): Promise<void> {
  const { pair } = table.planned;
  if (pair === null || table.unfound.isEmpty) return endTable(run, table);
  const verdict = await settleUnfound(run, table, { pair, unfound: table.unfound });
  if (run.signal.aborted) return;
  if (verdict.kind === 'unknown') await reportUnverified(run, table, verdict.result);
  if (verdict.kind !== 'broken') return endTable(run, table);
  for (const finding of verdict.findings) table.addFinding(finding);
  if (table.mode === 'spot' || run.isPart) {
    await reportUnverified(run, table, brokenShare(table, run.isPart));
    return endTable(run, table);
  }
  await run.spool.discard(table.planned.id);
  table.record({ kind: 'restarted' });
  return compareByBuckets(run, table, { isIndexTrusted: false });
}

/** Neither a sample nor a part is read by all rows of a table, so that it cannot be read without the index. */
function brokenShare({ name }: TableState, isPart: boolean): Parameters<typeof reportUnverified>[2] {
  const error = new RowproofError({
    code: 'key-order',
    message: `The ${isPart ? 'part' : 'sample'} of ${name} was read by an index that is broken.`,
    hint: 'Rebuild the index, or compare the table in full.',
  });
  return { kind: 'unverified', error: serializeError(error), transient: false };
}
