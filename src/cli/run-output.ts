import { VERSION } from '../config/version.js';
import type { ReportFormat } from '../core/report-format.js';
import type { RunResult } from '../core/result.js';
import { formatRepair } from '../repair/repair-file.js';
import { type RepairFacts, RepairSurvey } from '../repair/survey.js';
import { formatDifferences } from '../report/differences-file.js';
import { DEFAULT_WIDTH, formatReport } from '../report/format-report.js';
import { formatCounted } from '../report/number-text.js';
import { formatSummary } from '../report/summary.js';
import { formatUnfinished, type UnfinishedRun } from '../report/unfinished-report.js';
import type { VerifyOutcome } from '../run/verify.js';
import type { CliIo } from './cli-io.js';
import { type OutputFile, openOutputFile } from './output-file.js';
import type { OutputPlan } from './output-plan.js';

/** All places that a run writes to, opened before it begins. */
export interface RunOutput {
  /** Puts what says that there is no result yet, or none at all, in the place of each report. */
  standIn(state: UnfinishedRun['state']): void;
  write(outcome: WritableOutcome): Promise<void>;
  /** Removes files that were not completed. */
  discard(): void;
}

type WritableOutcome = Pick<VerifyOutcome, 'result' | 'differences' | 'repair'>;

interface Destination {
  readonly plan: OutputPlan;
  readonly io: CliIo;
  readonly showValues: boolean;
}

interface OpenFiles {
  readonly reports: { readonly format: ReportFormat; readonly file: OutputFile }[];
  readonly differences: OutputFile | null;
  readonly repair: Readonly<Record<'repair' | 'undo', OutputFile>> | null;
}

interface NextStep extends Pick<Destination, 'plan' | 'showValues'> {
  readonly result: RunResult;
}

/** Opens every output of a plan, or none of them. */
export function openRunOutput(destination: Destination): RunOutput {
  const opened: OutputFile[] = [];
  const discard = () => {
    for (const file of opened) file.discard();
  };
  try {
    const files = openFiles(destination, opened);
    const startedAt = new Date().toISOString();
    const standIn = (state: UnfinishedRun['state']) => {
      for (const { format, file } of files.reports) {
        file.standIn(formatUnfinished(format, { state, startedAt, rowproof: VERSION }));
      }
    };
    return { standIn, discard, write: (outcome) => writeOutput({ destination, files, outcome }) };
  } catch (error) {
    discard();
    throw error;
  }
}

function openFiles({ plan, io }: Destination, opened: OutputFile[]): OpenFiles {
  const { files, differencesPath, repairPaths } = plan;
  const open = (flag: string, path: string) => {
    const file = openOutputFile({ flag, path });
    opened.push(file);
    return file;
  };
  const openRepair = (path: string) => {
    const keepEarlier = (kept: string): void => {
      if (!plan.quiet) io.stderr.write(`The earlier ${path} is kept as ${kept}.\n`);
    };
    const file = openOutputFile({ flag: '--repair', path, keepEarlier });
    opened.push(file);
    return file;
  };
  return {
    reports: files.map(({ format, path }) => ({ format, file: open('--report', path) })),
    differences: differencesPath === null ? null : open('--differences', differencesPath),
    repair:
      repairPaths === null
        ? null
        : { repair: openRepair(repairPaths.repair), undo: openRepair(repairPaths.undo) },
  };
}

interface Writing {
  readonly destination: Destination;
  readonly files: OpenFiles;
  readonly outcome: WritableOutcome;
}

/** One output that fails does not take the others with it; its error is thrown when all have been tried. */
async function writeOutput({ destination, files, outcome }: Writing): Promise<void> {
  const { showValues } = destination;
  const { result } = outcome;
  const failures: unknown[] = [];
  const attempt = async (write: () => Promise<void>) => {
    try {
      await write();
    } catch (error) {
      failures.push(error);
    }
  };
  const { differences } = files;
  if (differences !== null) {
    await attempt(() =>
      differences.write(formatDifferences({ result, differences: outcome.differences(), showValues })),
    );
  }
  const { repair } = outcome;
  if (files.repair !== null && repair !== null) {
    const repairFiles = files.repair;
    await attempt(() => writeRepair({ destination, files: repairFiles, facts: repair, result }));
  }
  for (const { format, file } of files.reports) {
    await attempt(() => file.write([formatReport(result, { format, showValues })]));
  }
  writeStreams(destination, result);
  if (failures.length > 0) throw failures[0];
}

interface RepairWriting {
  readonly destination: Destination;
  readonly files: Readonly<Record<'repair' | 'undo', OutputFile>>;
  readonly facts: RepairFacts;
  readonly result: RunResult;
}

/** The undo file comes first: a repair without its undo is worse than none. */
async function writeRepair({ destination, files, facts, result }: RepairWriting): Promise<void> {
  const { repairPaths: paths, quiet } = destination.plan;
  if (paths === null) return;
  const { dialect } = facts.catalog;
  const survey = await RepairSurvey.take(facts, null);
  const undo = await RepairSurvey.take(facts, survey);
  await files.undo.write(
    formatRepair({ survey: undo, dialect, result, path: paths.undo, otherPath: paths.repair }),
  );
  await files.repair.write(
    formatRepair({ survey, dialect, result, path: paths.repair, otherPath: paths.undo }),
  );
  if (quiet) return;
  const { stderr } = destination.io;
  stderr.write(
    `Repair SQL for ${formatCounted(survey.written, 'row')}: ${paths.repair} (undo: ${paths.undo})\n`,
  );
  if (survey.skipped > 0) {
    stderr.write(
      `Repair SQL leaves ${formatCounted(survey.skipped, 'row')} alone; ${paths.repair} says which and why.\n`,
    );
  }
  if (undo.skipped > 0) {
    stderr.write(`Of the repaired rows, ${undo.skipped} cannot be brought back; ${paths.undo} lists them.\n`);
  }
}

/** Whatever the formats asked for, somebody who looks at the terminal sees the verdict. */
function writeStreams({ plan, io, showValues }: Destination, result: RunResult): void {
  const summary = `${formatSummary(result)}\n`;
  if (plan.stdout === null || (plan.quiet && plan.stdout === 'table')) {
    io.stdout.write(summary);
    return;
  }
  const noColor = plan.noColor || (io.env.NO_COLOR ?? '') !== '' || io.env.TERM === 'dumb';
  const color = io.stdout.isTTY === true && !noColor;
  const options = { color, width: io.stdout.columns ?? readColumns(io.env) ?? DEFAULT_WIDTH, showValues };
  io.stdout.write(formatReport(result, { format: plan.stdout, ...options }));
  if (plan.stdout !== 'table' && !plan.quiet) io.stderr.write(summary);
}

/** What can be done about differing rows that a report only lists the first of; empty where nothing is left. */
export function describeNextStep({ plan, showValues, result }: NextStep): string {
  const { missing, extra, changed } = result.totals;
  const areCounted = result.tables.every(({ mode }) => mode === 'count');
  if (plan.quiet || plan.stdout !== 'table' || areCounted || missing + extra + changed === 0) return '';
  const steps = [
    ...(plan.differencesPath === null ? ['--differences PATH writes every differing row'] : []),
    ...(plan.repairPaths === null && showValues ? ['--repair PATH writes SQL that repairs the target'] : []),
  ];
  return steps.length === 0 ? '' : `Next: ${steps.join('; ')}.\n`;
}

/** The width that `COLUMNS` asks for, as shells and other tools take it; null where it says none. */
function readColumns({ COLUMNS }: CliIo['env']): number | null {
  return COLUMNS !== undefined && /^[1-9]\d{0,3}$/.test(COLUMNS) ? Number(COLUMNS) : null;
}
