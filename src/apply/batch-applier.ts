import { RowproofError } from '../core/errors.js';
import type { BlockRun } from './block-tally.js';
import type { Batch } from './blocks.js';
import { commit } from './commit-outcome.js';
import { runCarefully } from './deferred-constraints.js';
import { GroupPace } from './group-pace.js';
import { TransientFailure } from './row-failure.js';
import { runBatch } from './run-batch.js';
import type { RunContext } from './send-statements.js';
import type { FileSurvey } from './survey-file.js';
import type { UndoJournal } from './undo-journal.js';
import type { AppliedTable } from './undo-statement.js';
import type { WriteConnection, WriteTarget } from './write-connection.js';

interface ApplierParts {
  readonly connection: WriteConnection;
  readonly tables: ReadonlyMap<number, AppliedTable>;
  readonly journal: UndoJournal;
  readonly signal: AbortSignal;
  /** Rows that are not tried, with the reason, by their marks. */
  readonly harmful: ReadonlyMap<string, string>;
  readonly lastLines: FileSurvey['lastLines'];
  /** Told of every block once its transaction is committed. */
  readonly onDone: (runs: readonly BlockRun[]) => Promise<void>;
}

/** How often a row is tried that fails for a reason that may pass. */
const MOST_ATTEMPTS = 3;
const WAIT_MS = 250;

type Outcome =
  | { readonly kind: 'committed'; readonly runs: readonly BlockRun[]; readonly consumed: number }
  /** Nothing was committed. `at` is the block that failed. */
  | { readonly kind: 'failed'; readonly at: number; readonly failure: TransientFailure }
  /** The part of a batch that was tried does not keep deferred constraints without the rest of it. */
  | { readonly kind: 'torn' };

/** Applies batches: each in a transaction of its own, or in several where rows of it have to wait. */
export class BatchApplier {
  readonly #parts: ApplierParts;
  readonly #pace = new GroupPace();

  constructor(parts: ApplierParts) {
    this.#parts = parts;
  }

  /**
   * Applies a batch, as far as it is not interrupted. Where a row fails for a reason that may pass, the rows before it are
   * committed first, so that nobody waits for them meanwhile; after some attempts the row is refused.
   */
  async apply(batch: Batch): Promise<void> {
    const refused = new Map(this.#parts.harmful);
    const attempts = new Map<string, number>();
    let rest = batch;
    let size = this.#mostTogether(rest);
    let mayCut = true;
    while (rest.length > 0 && !this.#parts.signal.aborted) {
      const outcome = await this.#try(rest.slice(0, size), refused, size === rest.length);
      if (outcome.kind === 'committed') {
        await this.#parts.onDone(outcome.runs);
        rest = rest.slice(outcome.consumed);
        size = this.#mostTogether(rest);
      } else if (outcome.kind === 'torn') {
        mayCut = false;
        size = rest.length;
      } else if (outcome.at > 0 && mayCut) {
        size = outcome.at;
      } else {
        const { mark } = outcome.failure;
        const attempt = (attempts.get(mark) ?? 0) + 1;
        attempts.set(mark, attempt);
        size = mayCut ? 1 : rest.length;
        this.#logFailure(outcome.failure, attempt);
        if (attempt < MOST_ATTEMPTS) await this.#parts.connection.pause(WAIT_MS * attempt);
        else if (mark === '') throw outcome.failure.cause;
        else refused.set(mark, this.#describe(outcome.failure));
      }
    }
  }

  /**
   * How many blocks from the first on may share a transaction. One that changes a table which no rollback takes back has its own: what
   * fails behind it would leave it changed, and nothing of it in the undo; nor has Aria savepoints.
   *
   * @see https://mariadb.com/docs/server/server-usage/storage-engines/aria/aria-storage-engine
   */
  #mostTogether(batch: Batch): number {
    const { tables } = this.#parts;
    const lasting = batch.findIndex((block) =>
      block.some(({ table }) => tables.get(table)?.facts?.transactional === false),
    );
    if (lasting < 0) return batch.length;
    return Math.max(1, lasting);
  }

  #logFailure({ mark, cause }: TransientFailure, attempt: number): void {
    const { log } = this.#parts.connection.target;
    log.warn('row:retry', () => ({ row: mark, attempt, ...log.describeError(cause) }));
  }

  #describe({ cause }: TransientFailure): string {
    return this.#parts.connection.target.engine.classifyError(cause).message;
  }

  async #try(batch: Batch, refused: ReadonlyMap<string, string>, isWhole: boolean): Promise<Outcome> {
    const runs: BlockRun[] = [];
    try {
      const context = await this.#begin();
      const onRuns = (done: readonly BlockRun[]): void => void runs.push(...done);
      await runBatch(batch, context, { refused, pace: this.#pace, signal: this.#parts.signal, onRuns });
      const violation = await findViolation(context);
      if (violation === null) return await this.#commit({ runs, consumed: runs.length });
      await this.#parts.connection.rollBack();
      if (runs.length < batch.length) return { kind: 'committed', runs: [], consumed: 0 };
      if (!isWhole) return { kind: 'torn' };
      const again = await this.#begin();
      const careful = await runCarefully(batch, again, refused);
      return await this.#commit({ runs: careful, consumed: batch.length });
    } catch (error) {
      this.#pace.beginAgain();
      await this.#parts.connection.rollBack();
      const failure = error instanceof TransientFailure ? error : transientOr(error, this.#parts.connection);
      if (!(failure instanceof TransientFailure)) throw failure;
      const { mark } = failure;
      const at = batch.findIndex((block) => block.some((statement) => statement.mark === mark));
      return { kind: 'failed', at: at === -1 ? Math.min(runs.length, batch.length - 1) : at, failure };
    }
  }

  async #begin(): Promise<RunContext> {
    const { connection, tables, lastLines } = this.#parts;
    const { engine, dialect } = connection.target;
    try {
      return { session: await connection.begin(), engine, dialect, tables, lastLines };
    } catch (error) {
      throw transientOr(error, connection);
    }
  }

  /** The undo is on the disk before anything is committed, and stays there unless nothing was for sure. */
  async #commit({ runs, consumed }: Tried): Promise<Outcome> {
    const { journal, connection, signal } = this.#parts;
    const undo = runs.flatMap((run) => run.undo);
    if (undo.length > 0) await journal.write(undo.flatMap(({ lines }) => lines));
    const { outcome, cause } = await commit(
      connection,
      undo.map(({ probe }) => probe),
    );
    if (outcome === 'aborted') await journal.drop();
    else journal.keep();
    if (outcome === 'committed') return { kind: 'committed', runs, consumed };
    if (outcome !== 'unknown') throw new TransientFailure('', { cause, lost: true });
    if (signal.aborted) return { kind: 'committed', runs: [], consumed: 0 };
    throw isOpen(connection.target, cause);
  }
}

/** What was done of a batch, and how many of its blocks that was. */
interface Tried {
  readonly runs: readonly BlockRun[];
  readonly consumed: number;
}

function isOpen({ name, engine }: WriteTarget, cause: unknown): RowproofError {
  return new RowproofError({
    code: cause instanceof RowproofError ? cause.code : 'connection-lost',
    message: `The target ${name} did not say whether the last rows were committed, and cannot be asked: ${engine.classifyError(cause).message.replace(/\.$/, '')}.`,
    hint: 'The undo file takes them back if they were, and does nothing if not. Apply the file again to go on.',
    cause,
  });
}

/** Has the server look at what it put off until the commit, which would not say which row it is about. */
async function findViolation({ dialect, session, engine }: RunContext): Promise<string | null> {
  if (dialect.checkDeferred === null) return null;
  try {
    await session.execute(dialect.checkDeferred[0]);
    return null;
  } catch (error) {
    const { transient, message } = engine.classifyError(error);
    if (transient || session.broken) throw new TransientFailure('', { cause: error, lost: session.broken });
    return message;
  }
}

function transientOr(error: unknown, { target }: WriteConnection): unknown {
  const { transient, code } = target.engine.classifyError(error);
  return transient ? new TransientFailure('', { cause: error, lost: code === 'connection-lost' }) : error;
}
