import type { FileHandle } from 'node:fs/promises';
import { RowproofError } from '../core/errors.js';
import type { ApplyOptions } from './apply-options.js';
import { BatchApplier } from './batch-applier.js';
import { cutBatches } from './blocks.js';
import { findHarmfulRows } from './harmful-rows.js';
import type { RowTally } from './row-tally.js';
import type { FileSurvey } from './survey-file.js';
import { readAgain } from './survey-file.js';
import type { UndoJournal } from './undo-journal.js';
import type { AppliedTable } from './undo-statement.js';
import type { WriteConnection } from './write-connection.js';

/** What applying and verifying rows have in common. */
export interface ApplyParts {
  readonly file: FileHandle;
  readonly survey: FileSurvey;
  readonly connection: WriteConnection;
  readonly tables: ReadonlyMap<number, AppliedTable>;
  readonly tally: RowTally;
  readonly signal: AbortSignal;
  readonly onProgress: ApplyOptions['onProgress'];
}

/** Applies the rows of a file in its order, as far as it is not interrupted. */
export async function applyRows(parts: ApplyParts, journal: UndoJournal): Promise<void> {
  const { file, survey, connection, tables, tally, signal, onProgress } = parts;
  const { dialect } = connection.target;
  const harmful = await findHarmfulRows({ survey, file, dialect, tables });
  const applier = new BatchApplier({
    ...{ connection, tables, journal, signal, harmful, lastLines: survey.lastLines },
    onDone: async (runs) => {
      await tally.take(runs, { connection, tables });
      onProgress?.({ step: 'apply', rows: tally.rows, of: survey.rows });
    },
  });
  const items = readAgain({ survey, file, dialect });
  await untilStopped(signal, async () => {
    for await (const batch of cutBatches(items, survey.statementsOfRow)) {
      if (signal.aborted) return;
      await applier.apply(batch);
    }
  });
}

/**
 * Does work that a stop may end in the middle of a statement, which fails then; whatever the server says about that is no
 * news. A file that cannot be written is.
 */
export async function untilStopped(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isOurs = error instanceof RowproofError && error.code !== 'interrupted';
    if (isOurs || error instanceof RangeError || error instanceof TypeError || !signal.aborted) throw error;
  }
}
