import { type ApplyParts, untilStopped } from './apply-rows.js';
import { cutBatches } from './blocks.js';
import { findUnwanted, rowsOf } from './check-rows.js';
import { readAgain } from './survey-file.js';

/**
 * Reads every row again that was written, or was as wanted already, once all of them are committed: a trigger, or another
 * row's, may have changed it after its own statement.
 */
export async function verifyRows({
  file,
  survey,
  connection,
  tables,
  tally,
  signal,
  onProgress,
}: ApplyParts): Promise<void> {
  const { dialect } = connection.target;
  const items = readAgain({ survey, file, dialect });
  await untilStopped(signal, async () => {
    for await (const batch of cutBatches(items, survey.statementsOfRow)) {
      if (signal.aborted) return;
      const all = rowsOf(batch).filter(({ mark }) => !tally.left.has(mark));
      const finished = all.filter((row) => !survey.parted.isUnfinished(row)).length;
      const rows = all.flatMap((row) => survey.parted.lastingPart(row) ?? []);
      tally.takeVerified(finished, await findUnwanted(rows, { connection, tables }));
      onProgress?.({ step: 'verify', rows: tally.verified, of: survey.rows - tally.left.size });
    }
  });
}
