import { RowproofError } from '../core/errors.js';
import type { BegunTransaction } from '../engines/write.js';
import type { EffectProbe } from './undo-statement.js';
import type { WriteConnection } from './write-connection.js';

/**
 * What became of a transaction whose commit was not confirmed. `aborted`: it has no effect, for sure; `absent`: no effect
 * of it was found, which somebody else may have undone since; `unknown`: nobody could be asked.
 */
export type CommitOutcome = 'committed' | 'aborted' | 'absent' | 'unknown';

/** What became of it, and why the server did not say so at once. */
export interface CommitEnd {
  readonly outcome: CommitOutcome;
  readonly cause: unknown;
}

const MOST_ATTEMPTS = 8;
const WAIT_MS = 500;
/** Effects that are looked for: one of them may have been changed by somebody else at once. */
const MOST_PROBES = 5;

/**
 * Commits; where the server does not confirm that, asks it over a new connection what it did. Until the answer is there
 * the transaction may still be under way, and what it locks is waited for.
 */
export async function commit(
  connection: WriteConnection,
  probes: readonly EffectProbe[],
): Promise<CommitEnd> {
  const { transaction } = connection;
  try {
    await connection.commit();
    return { outcome: 'committed', cause: null };
  } catch (cause) {
    await connection.rollBack();
    return await findOutcome(connection, { transaction, probes, cause });
  }
}

interface OpenCommit {
  readonly transaction: BegunTransaction | null;
  readonly probes: readonly EffectProbe[];
  readonly cause: unknown;
}

async function findOutcome(connection: WriteConnection, open: OpenCommit): Promise<CommitEnd> {
  const { stop } = connection.target;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS && !stop.aborted; attempt++) {
    try {
      const outcome = await ask(connection, open);
      if (outcome !== 'unknown') return { outcome, cause: open.cause };
    } catch (error) {
      // Whoever cannot be asked now may be asked later, but another server knows nothing of it.
      if (error instanceof RowproofError && error.code === 'other-server')
        return { outcome: 'unknown', cause: error };
    } finally {
      await connection.rollBack();
    }
    await connection.pause(WAIT_MS * attempt);
  }
  return { outcome: 'unknown', cause: open.cause };
}

async function ask(connection: WriteConnection, { transaction, probes }: OpenCommit): Promise<CommitOutcome> {
  const session = await connection.begin();
  const outcomeSql = transaction?.outcomeSql ?? null;
  if (outcomeSql !== null) {
    const [row] = await session.query(outcomeSql);
    return row?.outcome === 'committed' || row?.outcome === 'aborted' ? row.outcome : 'unknown';
  }
  const { lockingProbe } = connection.target.dialect;
  for (const { sql, isThere } of spread(probes)) {
    const rows = await session.query(`${sql}${lockingProbe}`);
    if (rows.length > 0 === isThere) return 'committed';
  }
  return 'absent';
}

/** The last, and some others from all over. */
function spread(probes: readonly EffectProbe[]): readonly EffectProbe[] {
  const step = Math.max(1, Math.ceil(probes.length / MOST_PROBES));
  return probes.toReversed().filter((_, i) => i % step === 0);
}
