import type { CanaryResult, CanaryTask, CanaryWay } from '../core/canary.js';
import type { TableId } from '../core/pairing.js';
import type { TableState } from '../state/table-state.js';
import { runWithRetries, type TableRun } from './table-run.js';

/** A place in the spool that no rows are put in. */
const NO_SEGMENT = -1;

const WAYS: Readonly<Record<CanaryWay, string>> = {
  range: 'the comparison of key ranges',
  bucket: 'the comparison of buckets',
  checksum: "the comparison of the servers' checksums",
};

/** What came of the canaries of each table of which rows were read. */
export type Canaries = ReadonlyMap<TableId, readonly CanaryResult[]>;

/**
 * Tries on every table whether each way by which it was compared finds a value that was changed after it was read. A table
 * whose canary is not found is unverified, whatever was said of its rows.
 */
export async function tryCanaries(run: TableRun): Promise<Canaries> {
  const found = new Map<TableId, readonly CanaryResult[]>();
  for (const table of run.tables) {
    const results: CanaryResult[] = [];
    for (const way of waysOf(run, table)) {
      if (run.signal.aborted) return found;
      results.push(await tryWay(run, table, way));
    }
    if (results.length > 0) found.set(table.planned.id, results);
  }
  return found;
}

function waysOf({ checksums }: TableRun, { planned, isRestarted }: TableState): CanaryWay[] {
  const { pair } = planned;
  if (pair === null) return [];
  if (pair.strategy === 'bucket' || isRestarted) return ['bucket'];
  return checksums === null || checksums.obstacles.has(pair.id) ? ['range'] : ['range', 'checksum'];
}

async function tryWay(run: TableRun, table: TableState, way: CanaryWay): Promise<CanaryResult> {
  const folder = await run.spool.openFolder();
  try {
    const task: CanaryTask = {
      kind: 'canary',
      pairId: table.planned.id,
      way,
      asBag: table.isBag || table.planned.pair?.key.length === 0,
      seed: run.checksums?.seed ?? 0n,
      folder,
    };
    const result = await runWithRetries(run, { table, segment: NO_SEGMENT }, task);
    if (result.kind === 'unverified') {
      if (!run.signal.aborted)
        addLost(table, way, `could not be tried on ${WAYS[way]}: ${result.error.message}`);
      return { way, outcome: 'failed', column: null };
    }
    const { outcome, column } = result;
    if (outcome === 'lost') addLost(table, way, `was not found by ${WAYS[way]}`);
    return { way, outcome, column };
  } finally {
    await run.spool.closeFolder(folder);
  }
}

function addLost(table: TableState, way: CanaryWay, what: string): void {
  table.addFinding({
    code: 'canary-lost',
    about: { table: table.name, detail: way },
    message: `The canary of ${table.name}, a value that is changed after it was read, ${what.replace(/\.$/, '')}.`,
    hint: 'Until it is found, what the run says of this table proves nothing. Report it as a bug, with the log of such a run.',
  });
}
