import { type PlannedFile, refuseSharedFiles } from '../config/file-place.js';
import { optionError, type RawFlags, readList, readSwitch, readText } from '../config/raw-flags.js';
import { isReportFormat, REPORT_FORMAT_NAMES, type ReportFormat } from '../core/report-format.js';
import { plannedLog, readLogPath } from './open-log.js';

/** Which results go where. */
export interface OutputPlan {
  /** The report on stdout; null where every report asked for goes to a file. */
  readonly stdout: ReportFormat | null;
  readonly files: readonly { readonly format: ReportFormat; readonly path: string }[];
  readonly differencesPath: string | null;
  /** The file of repair SQL and the one that undoes it. */
  readonly repairPaths: { readonly repair: string; readonly undo: string } | null;
  /** Null for no log; `-` for stderr. */
  readonly logPath: string | null;
  readonly quiet: boolean;
  readonly noColor: boolean;
}

/** Reads the output flags and refuses two results for one place. */
export function planOutput(flags: RawFlags): OutputPlan {
  const asked = readList(flags, 'report').map(readReport);
  const onStdout = asked.filter((report) => report.path === null).map((report) => report.format);
  if (onStdout.length > 1) {
    throw optionError({
      option: '--report',
      message: `Expected one --report on stdout, got ${onStdout.join(' and ')}.`,
      hint: `Give one of them a file, for example --report ${onStdout[1]}=run.${onStdout[1]}.`,
    });
  }
  const files = asked.flatMap(({ format, path }) => (path === null ? [] : [{ format, path }]));
  const differencesPath = readText(flags, 'differences') ?? null;
  const repairPaths = readRepairPaths(flags);
  const plan = {
    stdout: asked.length === 0 ? 'table' : (onStdout[0] ?? null),
    files,
    differencesPath,
    repairPaths,
    logPath: readLogPath(flags),
    quiet: readSwitch(flags, 'quiet'),
    noColor: readSwitch(flags, 'no-color'),
  };
  refuseSharedFiles(plannedFiles(plan));
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

function readReport(text: string): { readonly format: ReportFormat; readonly path: string | null } {
  const at = text.indexOf('=');
  const format = at === -1 ? text : text.slice(0, at);
  const path = at === -1 ? null : text.slice(at + 1);
  if (!isReportFormat(format) || path === '') {
    const formats = REPORT_FORMAT_NAMES.join(' or ');
    throw optionError({
      option: '--report',
      message: `Expected --report ${formats}, with =PATH for a file, got ${text}.`,
      hint: 'For example --report json=run.json.',
    });
  }
  return { format, path };
}

/** `shop.sql` is undone by `shop.undo.sql`. */
function readRepairPaths(flags: RawFlags): OutputPlan['repairPaths'] {
  const repair = readText(flags, 'repair') ?? null;
  if (repair === null) return null;
  if (readSwitch(flags, 'hide-values')) {
    throw optionError({
      option: '--repair',
      message: 'Expected --repair or --hide-values, got both.',
      hint: 'Repair SQL holds the values of the rows: leave one of them out.',
    });
  }
  return { repair, undo: `${repair.replace(/\.sql$/i, '')}.undo.sql` };
}
