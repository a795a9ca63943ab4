import type { RowDifference } from '../core/difference.js';
import type { RunResult } from '../core/result.js';
import { PairedReads } from '../repair/paired-reads.js';
import { formatRepair } from '../repair/repair-file.js';
import type { RepairFacts } from '../repair/survey.js';
import { surveyBoth } from '../repair/survey-both.js';
import { formatCounted } from '../words/number-text.js';
import { formatTableName } from '../words/table-name.js';
import type { CliIo } from './cli-io.js';
import type { OutputFile } from './output-file.js';
import type { OutputPlan } from './output-plan.js';
import type { WritingWatch } from './writing-watch.js';

interface RepairWriting {
  readonly destination: { readonly plan: OutputPlan; readonly io: Pick<CliIo, 'stderr'> };
  readonly files: Readonly<Record<'repair' | 'undo', OutputFile>>;
  readonly facts: RepairFacts;
  readonly result: RunResult;
  readonly watch: WritingWatch;
}

/** The undo is there first: a repair without its undo is worse than none. */
export async function writeRepair({
  destination,
  files,
  facts: read,
  result,
  watch,
}: RepairWriting): Promise<void> {
  const { repairPaths: paths, quiet } = destination.plan;
  if (paths === null) return;
  const { dialect } = read.catalog;
  let doing = 'putting repair SQL in order';
  const facts = { ...read, read: (table: string) => watch.followBatches(read.read(table), doing) };
  const reads = new PairedReads(facts.read);
  const { repair, undo } = await surveyBoth(facts, {
    repair: reads.readerOf('repair'),
    undo: reads.readerOf('undo'),
  });
  doing = `writing ${paths.undo} and ${paths.repair}`;
  await writeBoth(files, reads, {
    undo: formatRepair({ survey: undo, dialect, result, path: paths.undo, otherPath: paths.repair }),
    repair: formatRepair({ survey: repair, dialect, result, path: paths.repair, otherPath: paths.undo }),
  });
  if (quiet) return;
  const { stderr } = destination.io;
  stderr.write(
    `Repair SQL for ${formatCounted(repair.written, 'row')}: ${paths.repair} (undo: ${paths.undo})\n`,
  );
  const left = result.tables.filter((table) => table.left !== undefined).map(formatTableName);
  if (left.length > 0) {
    stderr.write(
      `Repair SQL has nothing for ${left.join(', ')}: the rest was not read (--max-differences). Read it with rowproof resume first.\n`,
    );
  }
  if (repair.skipped > 0) {
    stderr.write(
      `Repair SQL leaves ${formatCounted(repair.skipped, 'row')} alone; ${paths.repair} says which and why.\n`,
    );
  }
  if (undo.skipped > 0) {
    stderr.write(`Of the repaired rows, ${undo.skipped} cannot be brought back; ${paths.undo} lists them.\n`);
  }
}

/** Writes both files at once, so that rows are read once for both, unless somebody may wait for the end of one before reading the other. */
async function writeBoth(
  { undo, repair }: RepairWriting['files'],
  reads: PairedReads<readonly RowDifference[]>,
  texts: Readonly<Record<'repair' | 'undo', AsyncIterable<string>>>,
): Promise<void> {
  if (undo.isDirect || repair.isDirect) {
    await undo.write(texts.undo);
    await repair.write(texts.repair);
    return;
  }
  reads.begin();
  const undone = undo.write(texts.undo).finally(() => reads.end('undo'));
  const end = (): void => reads.end('repair');
  const repaired = repair.write(endBehind(texts.repair, { undone, end })).finally(end);
  // One that fails must not end the program while the other is written.
  for (const written of await Promise.allSettled([undone, repaired]))
    if (written.status === 'rejected') throw written.reason;
}

/** Comes to its end only when the undo is there; before that the undo no longer has to wait for it. */
async function* endBehind(
  text: AsyncIterable<string>,
  { undone, end }: { readonly undone: Promise<void>; readonly end: () => void },
): AsyncGenerator<string> {
  yield* text;
  end();
  await undone;
}
