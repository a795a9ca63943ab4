import type { EditRow, VerifyOutcome } from '../app/run-hooks.js';
import type { RowDifference } from '../core/difference.js';
import { RowproofError } from '../core/errors.js';
import type { RunResult } from '../core/result.js';
import type { Night } from '../core/trend.js';
import { formatDifferences } from '../report/differences-file.js';
import { DEFAULT_WIDTH, drawReport, type FormatReportOptions } from '../report/draw-report.js';
import type { HtmlRows } from '../report/html/rows/html-rows.js';
import type { RunLabels } from '../report/prometheus/last-run.js';
import { formatSummary } from '../report/summary.js';
import { formatTableReport } from '../report/table-report.js';
import type { UnfinishedRun } from '../report/unfinished-report.js';
import { formatBytes, formatCounted } from '../words/number-text.js';
import type { CliIo, GuardedIo } from './cli-io.js';
import { leavesEarlier, sayUnwritten } from './ended-early.js';
import { type OutputFile, openOutputFile, type RequestedFile } from './output-file.js';
import { type OutputPlan, showsRows } from './output-plan.js';
import type { Past } from './past-plan.js';
import type { KnownBeside, openReportFiles as OpenReportFiles, ReportFiles } from './report-files.js';
import type { WritingWatch } from './writing-watch.js';

/** All places that a run writes to, opened before it begins. */
export interface RunOutput {
  /** Puts what says that there is no result yet, or none at all, in the place of each report. */
  standIn(state: UnfinishedRun['state'], labels: RunLabels): void;
  write(outcome: WritableOutcome): Promise<void>;
  /** Says which files that list rows are an earlier run's still. */
  sayUnwritten(): void;
  /** Removes files that were not completed. */
  discard(): void;
}

/** A result, and its rows: all of them, or what was made of them already; null where the result is all there is. */
interface WritableOutcome extends Pick<VerifyOutcome, 'result' | 'repair'> {
  readonly differences: VerifyOutcome['differences'] | null;
  readonly rows?: HtmlRows | null;
  /** The nights of a history; null where there is none. */
  readonly trend: readonly Night[] | null;
  /** Makes what stands for hidden values in the differences file; null for nothing. */
  readonly hashRow: Past['hashRow'];
  /** Follows rows on their way into files; null where none are written. */
  readonly watch: WritingWatch | null;
}

interface Destination {
  readonly plan: OutputPlan;
  readonly io: GuardedIo;
}

interface OpenFiles {
  readonly reports: ReportFiles;
  readonly differences: OutputFile | null;
  readonly repair: Readonly<Record<'repair' | 'undo', OutputFile>> | null;
}

interface OnlyAgain {
  readonly command: string;
  readonly bytes: number | null;
  /** Whether a URL held a password, which nothing keeps. */
  readonly needsUrls: boolean;
}

interface NextStep extends Pick<Destination, 'plan'> {
  readonly result: RunResult;
  /** How a run that was kept is asked for its differing rows only, and about how many bytes these have; null where it was not kept. */
  readonly onlyAgain: OnlyAgain | null;
}

/** Opens every output of a plan, or none of them. */
export async function openRunOutput(destination: Destination): Promise<RunOutput> {
  const opened: OutputFile[] = [];
  const discard = () => {
    for (const file of opened) file.discard();
  };
  try {
    const files = await openFiles(destination, opened);
    const { standIn } = files.reports;
    const { differences, repair } = files;
    const listed = [differences, repair?.undo, repair?.repair].filter((file) => file != null);
    return {
      ...{ standIn, discard },
      write: (outcome) => writeOutput({ destination, files, outcome }),
      sayUnwritten: () => sayUnwritten(listed, destination.io.stderr),
    };
  } catch (error) {
    discard();
    throw error;
  }
}

/** Loaded late: most runs write to the terminal alone. */
async function openReports(request: Parameters<typeof OpenReportFiles>[0]): Promise<ReportFiles> {
  if (request.reports.length === 0) return { standIn: () => undefined, writers: () => [] };
  return (await import('./report-files.js')).openReportFiles(request);
}

async function openFiles({ plan, io }: Destination, opened: OutputFile[]): Promise<OpenFiles> {
  const { files, differencesPath, repairPaths } = plan;
  const open = (request: RequestedFile) => {
    const file = openOutputFile(request);
    opened.push(file);
    return file;
  };
  const openRepair = (path: string) => {
    const keepEarlier = (kept: string): void => {
      if (!plan.quiet) io.stderr.write(`The earlier ${path} is kept as ${kept}.\n`);
    };
    return open({ flag: '--repair', path, access: 'private', keepEarlier });
  };
  return {
    reports: await openReports({ reports: files, io, open }),
    differences:
      differencesPath === null
        ? null
        : open({ flag: '--differences', path: differencesPath, access: 'private' }),
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
  const { repair, watch, differences: allRows } = outcome;
  const startedMs = destination.io.now();
  const { differences, repair: repairFiles, reports } = files;
  const leaves = (together: readonly OutputFile[]): boolean =>
    leavesEarlier({ files: together, result: outcome.result, stderr: destination.io.stderr });
  const failures: unknown[] = [];
  const attempt = async (write: () => Promise<void>) => {
    try {
      await write();
    } catch (error) {
      failures.push(error);
    }
  };
  if (differences !== null && allRows !== null && !leaves([differences])) {
    const { hashRow } = outcome;
    const edit: EditRow | undefined =
      hashRow === null
        ? undefined
        : (table, row) => (hasValues(row) ? { ...row, hashes: hashRow(table, row) } : row);
    const all = allRows(edit);
    const rows = watch?.followDifferences(all, `writing ${destination.plan.differencesPath}`) ?? all;
    await attempt(async () => {
      assertKept(outcome.result, '--differences');
      await differences.write(formatDifferences({ result: outcome.result, differences: rows }));
    });
  }
  const isRepaired = repairFiles !== null && repair !== null && watch !== null;
  if (isRepaired && !leaves([repairFiles.undo, repairFiles.repair])) {
    const writing = { destination, files: repairFiles, facts: repair, watch };
    await attempt(async () => {
      assertKept(outcome.result, '--repair');
      // Loaded late: most runs write no repair.
      const { writeRepair } = await import('./repair-files.js');
      await writeRepair({ ...writing, result: outcome.result });
    });
  }
  const writtenMs = watch === null ? 0 : destination.io.now() - startedMs;
  const elapsedMs = Math.round(outcome.result.elapsedMs + writtenMs);
  const result = { ...outcome.result, elapsedMs };
  let rows = outcome.rows ?? null;
  if (allRows !== null && showsRows(destination.plan)) {
    await attempt(async () => {
      const all = allRows();
      const shown = watch?.follow(all, 'choosing rows for the report') ?? all;
      const { collectHtmlRows } = await import('../report/html/rows/html-rows.js');
      rows = await collectHtmlRows({ result, differences: shown });
    });
  }
  const { trend } = outcome;
  const known = { ...(rows !== null && { rows }), ...(trend !== null && { trend }) };
  for (const write of reports.writers(result, known)) await attempt(write);
  await writeStreams(destination, result, known);
  if (failures.length > 0) throw failures[0];
}

/** A file that lists rows must not look whole where rows differ that nobody could keep. */
function assertKept({ tables }: RunResult, flag: '--differences' | '--repair'): void {
  const lost = tables.find(({ findings }) => findings.some(({ code }) => code === 'differences-lost'));
  if (lost === undefined) return;
  throw new RowproofError({
    code: 'output',
    message: `Cannot write ${flag}: rows of ${lost.target ?? lost.source} differ that could not be kept.`,
    hint: 'Make room in the folder for temporary files, or name another one with TMPDIR, and run again.',
  });
}

/** Rows that another process read may have lost their values already: a hash without them would be of another row. */
function hasValues({ source, target }: RowDifference): boolean {
  return source !== null || target !== null;
}

/** Whatever the formats asked for, somebody who looks at the terminal sees the verdict. */
async function writeStreams({ plan, io }: Destination, result: RunResult, known: KnownBeside): Promise<void> {
  const summary = `${formatSummary(result)}\n`;
  if (plan.annotates) {
    const { listAnnotations } = await import('../report/github/annotations.js');
    for (const annotation of listAnnotations(result)) io.annotate(annotation);
  }
  if (plan.stdout === null || (plan.quiet && plan.stdout === 'table')) {
    io.stdout.write(summary);
    return;
  }
  const noColor = plan.noColor || (io.env.NO_COLOR ?? '') !== '' || io.env.TERM === 'dumb';
  const color = io.stdout.isTTY === true && !noColor;
  const options = { color, width: io.stdout.columns ?? readColumns(io.env) ?? DEFAULT_WIDTH };
  io.stdout.write(await drawForStream(result, { format: plan.stdout, ...options, ...known }));
  if (plan.stdout !== 'table' && !plan.quiet) io.stderr.write(summary);
}

/** All formats but the one for people are loaded late: most runs draw no other. */
async function drawForStream(result: RunResult, options: FormatReportOptions): Promise<string> {
  if (options.format === 'table') return drawReport(formatTableReport, result, options);
  const { formatReport } = await import('../report/format-report.js');
  const text = formatReport(result, options);
  if (options.format !== 'prometheus') return text;
  return (await import('../report/prometheus/metric-lines.js')).guardMetrics(text);
}

/** What can be done about differing rows that a report only lists the first of; empty where nothing is left. */
export function describeNextStep({ plan, result, onlyAgain }: NextStep): string {
  const { missing, extra, changed } = result.totals;
  const areCounted = result.tables.every(({ mode }) => mode === 'count');
  if (plan.quiet || plan.stdout !== 'table' || areCounted || missing + extra + changed === 0) return '';
  // What is left to be read comes first, and is named by the report.
  if (result.verdict === 'waived' || (result.totals.left ?? 0) > 0) return '';
  const steps = [
    ...(plan.differencesPath === null
      ? [{ flag: '--differences', file: 'rows.ndjson', what: 'every differing row' }]
      : []),
    ...(plan.repairPaths === null && result.hidden === undefined
      ? [{ flag: '--repair', file: 'repair.sql', what: 'SQL that repairs the target' }]
      : []),
  ];
  if (steps.length === 0) return '';
  if (onlyAgain === null)
    return `Next: ${steps.map(({ flag, what }) => `${flag} PATH writes ${what}`).join('; ')}.\n`;
  const { command, bytes, needsUrls } = onlyAgain;
  const urls = needsUrls ? ' Give --source and --target again: their passwords are not kept.' : '';
  const rows = formatCounted(missing + extra + changed, 'row');
  const size = bytes === null ? '' : `, about ${formatBytes(bytes)} a side`;
  return [
    `Next: ${command} ${steps.map(({ flag, file }) => `${flag} ${file}`).join(' ')}`,
    `  writes ${steps.map(({ what }) => what).join(' and ')}. It reads again what differs (${rows}${size}), and not the tables.${urls}`,
    '',
  ].join('\n');
}

/** The width that `COLUMNS` asks for, as shells and other tools take it; null where it says none. */
function readColumns({ COLUMNS }: CliIo['env']): number | null {
  return COLUMNS !== undefined && /^[1-9]\d{0,3}$/.test(COLUMNS) ? Number(COLUMNS) : null;
}
