import { dirname, resolve } from 'node:path';
import { type PlannedFile, refuseSharedFiles } from '../config/file-place.js';
import { streamOf } from '../config/process-stream.js';
import { optionError, type RawFlags, readList, readSwitch, readText } from '../config/raw-flags.js';
import { isReportFormat, REPORT_FORMAT_NAMES, type ReportFormat } from '../core/report-format.js';

import type { CliIo } from './cli-io.js';
import { plannedLog, readLogPath } from './open-log.js';
import { refuseTakenStdout } from './taken-stdout.js';

/** A report that goes to a file. */
export interface PlannedReport {
  readonly format: ReportFormat;
  readonly path: string;
  /** The file is a job's, and others write to it too: the report goes behind what is there. */
  readonly isShared: boolean;
}

/** Which results go where. */
export interface OutputPlan {
  /** The report on stdout; null where every report asked for goes to a file. */
  readonly stdout: ReportFormat | null;
  readonly files: readonly PlannedReport[];
  /** Whether GitHub is told of what it should show at the head of the job. */
  readonly annotates: boolean;
  readonly differencesPath: string | null;
  /** The file of repair SQL and the one that undoes it. */
  readonly repairPaths: { readonly repair: string; readonly undo: string } | null;
  /** The folder of evidence, and the key that signs it. */
  readonly evidencePath: string | null;
  readonly signWith: string | null;
  /** Null for no log; `-` for stderr. */
  readonly logPath: string | null;
  readonly quiet: boolean;
  readonly noColor: boolean;
}

/** Whether a report of a plan shows more rows than a result holds itself. */
export function showsRows({ stdout, files }: OutputPlan): boolean {
  return stdout === 'html' || files.some(({ format }) => format === 'html');
}

interface AskedReport {
  readonly format: ReportFormat;
  readonly path: string | null;
}

/** Reads the output flags and refuses two results for one place. */
export function planOutput(flags: RawFlags, env: CliIo['env']): OutputPlan {
  const asked = readList(flags, 'report').map(readReport);
  const annotates = asked.some(({ format }) => format === 'github');
  const onStdout = asked.flatMap(({ format, path }) =>
    path === null && format !== 'github' ? [format] : [],
  );
  refuseSharedStdout(onStdout, annotates);
  const plan = {
    stdout: asked.length === 0 ? 'table' : (onStdout[0] ?? null),
    files: asked.flatMap((report) => planFile(report, env)),
    annotates,
    differencesPath: readText(flags, 'differences') ?? null,
    repairPaths: readRepairPaths(flags),
    ...readEvidence(flags),
    logPath: readLogPath(flags),
    quiet: readSwitch(flags, 'quiet'),
    noColor: readSwitch(flags, 'no-color'),
  };
  refuseSharedFiles(plannedFiles(plan));
  refuseTakenStdout(plannedFiles(plan), onStdout[0] ?? (annotates ? 'github' : undefined));
  refuseWithinEvidence(plan);
  return plan;
}

/** Every file that a plan writes. */
export function plannedFiles({ files, differencesPath, repairPaths, logPath }: OutputPlan): PlannedFile[] {
  return [
    ...files.map(({ path }) => ({ flag: '--report', path })),
    ...(differencesPath === null ? [] : [{ flag: '--differences', path: differencesPath }]),
    ...Object.values(repairPaths ?? {}).map((path) => ({ flag: '--repair', path })),
    ...plannedLog(logPath),
  ];
}

/** A program that reads stdout must find nothing in it but its report; people may find commands for GitHub as well. */
function refuseSharedStdout([first, second]: readonly ReportFormat[], annotates: boolean): void {
  const other = second ?? (annotates && first !== undefined && first !== 'table' ? 'github' : undefined);
  if (first === undefined || other === undefined) return;
  const moved = other === 'github' ? first : other;
  throw optionError({
    option: '--report',
    message: `Expected one --report on stdout, got ${first} and ${other}.`,
    hint: `Give one of them a file, for example --report ${moved}=run.${moved}.`,
  });
}

/** The summary of a step goes where GitHub wants it, unless a path is given. */
function planFile({ format, path }: AskedReport, env: CliIo['env']): PlannedReport[] {
  if (path !== null) return [{ format, path, isShared: false }];
  if (format !== 'github') return [];
  const summary = env.GITHUB_STEP_SUMMARY ?? '';
  if (summary !== '') return [{ format, path: summary, isShared: true }];
  throw optionError({
    option: '--report',
    message: 'Expected GITHUB_STEP_SUMMARY in the environment for --report github, found none.',
    hint: 'GitHub sets it in each step of a job; elsewhere, write --report github=PATH.',
  });
}

function readReport(text: string): AskedReport {
  const at = text.indexOf('=');
  const format = at === -1 ? text : text.slice(0, at);
  const path = at === -1 ? null : text.slice(at + 1);
  if (!isReportFormat(format) || path === '') {
    throw optionError({
      option: '--report',
      message: `Expected --report to be one of ${REPORT_FORMAT_NAMES.join(', ')}, with =PATH for a file, got ${text}.`,
      hint: 'For example --report json=run.json.',
    });
  }
  return { format, path };
}

/** `shop.sql` is undone by `shop.undo.sql`. */
function readRepairPaths(flags: RawFlags): OutputPlan['repairPaths'] {
  const repair = readText(flags, 'repair') ?? null;
  if (repair === null) return null;
  const hiding = ['hide-values', 'hash-keys'].find((flag) => readSwitch(flags, flag));
  if (hiding !== undefined) {
    throw optionError({
      option: '--repair',
      message: `Expected --repair or --${hiding}, got both.`,
      hint: 'Repair SQL holds the keys and values of the rows: leave one of them out.',
    });
  }
  if (streamOf(repair) !== null) {
    throw optionError({
      option: '--repair',
      message: `Cannot write --repair ${repair}: a second file is written beside it, which takes the repair back.`,
      hint: 'Name a file in a folder that you may write to.',
    });
  }
  return { repair, undo: `${repair.replace(/\.sql$/i, '')}.undo.sql` };
}

function readEvidence(flags: RawFlags): Pick<OutputPlan, 'evidencePath' | 'signWith'> {
  const evidencePath = readText(flags, 'evidence') ?? null;
  const signWith = readText(flags, 'sign-with') ?? null;
  if (signWith !== null && evidencePath === null) {
    throw optionError({
      option: '--sign-with',
      message: 'Expected --sign-with with --evidence only.',
      hint: 'It signs the manifest of the evidence: add --evidence DIR, or leave it out.',
    });
  }
  return { evidencePath, signWith };
}

/** What is in the folder and not in its manifest would be taken for something that somebody added. */
function refuseWithinEvidence(plan: OutputPlan): void {
  const { evidencePath } = plan;
  if (evidencePath === null) return;
  const inside = plannedFiles(plan).find(({ path }) => resolve(dirname(path)) === resolve(evidencePath));
  if (inside === undefined) return;
  throw optionError({
    option: inside.flag,
    message: `Cannot write ${inside.flag} ${inside.path}: it is in the folder of --evidence.`,
    hint: 'Name a file elsewhere: the folder gets its own.',
  });
}
