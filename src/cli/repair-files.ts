import type { RunResult } from '../core/result.js';
import { formatRepair } from '../repair/repair-file.js';
import { type RepairFacts, RepairSurvey } from '../repair/survey.js';
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

/** The undo file comes first: a repair without its undo is worse than none. */
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
  const survey = await RepairSurvey.take(facts, null);
  const undo = await RepairSurvey.take(facts, survey);
  doing = `writing ${paths.undo}`;
  await files.undo.write(
    formatRepair({ survey: undo, dialect, result, path: paths.undo, otherPath: paths.repair }),
  );
  doing = `writing ${paths.repair}`;
  await files.repair.write(
    formatRepair({ survey, dialect, result, path: paths.repair, otherPath: paths.undo }),
  );
  if (quiet) return;
  const { stderr } = destination.io;
  stderr.write(
    `Repair SQL for ${formatCounted(survey.written, 'row')}: ${paths.repair} (undo: ${paths.undo})\n`,
  );
  const left = result.tables.filter((table) => table.left !== undefined).map(formatTableName);
  if (left.length > 0) {
    stderr.write(
      `Repair SQL has nothing for ${left.join(', ')}: the rest was not read (--max-differences). Read it with rowproof resume first.\n`,
    );
  }
  if (survey.skipped > 0) {
    stderr.write(
      `Repair SQL leaves ${formatCounted(survey.skipped, 'row')} alone; ${paths.repair} says which and why.\n`,
    );
  }
  if (undo.skipped > 0) {
    stderr.write(`Of the repaired rows, ${undo.skipped} cannot be brought back; ${paths.undo} lists them.\n`);
  }
}
