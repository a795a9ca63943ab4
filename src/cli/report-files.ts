import { statSync } from 'node:fs';
import { VERSION } from '../config/version.js';
import type { RunResult } from '../core/result.js';
import type { FormatReportOptions } from '../report/draw-report.js';
import { formatReport } from '../report/format-report.js';
import { MOST_STEP_SUMMARY_BYTES } from '../report/github/step-summary.js';
import type { RunLabels } from '../report/prometheus/last-run.js';
import { formatUnfinished, type UnfinishedRun } from '../report/unfinished-report.js';
import type { CliIo } from './cli-io.js';
import type { OutputFile, RequestedFile } from './output-file.js';
import type { PlannedReport } from './output-plan.js';
import { readTextFile } from './read-text-file.js';

/** What reports show beside the result. */
export type KnownBeside = Pick<FormatReportOptions, 'rows' | 'trend'>;

/** Reports that go to files. */
export interface ReportFiles {
  /** Puts what says that there is no result yet, or none at all, in the place of each. */
  standIn(state: UnfinishedRun['state'], labels: RunLabels): void;
  /** What writes each of them. */
  writers(result: RunResult, known: KnownBeside): readonly (() => Promise<void>)[];
}

interface Destination {
  readonly reports: readonly PlannedReport[];
  readonly io: Pick<CliIo, 'stderr'>;
  readonly open: (file: RequestedFile) => OutputFile;
}

/** A summary that only has room for less than this says nothing of use. */
const LEAST_SUMMARY_BYTES = 16_000;
/** Metrics of a thousand tables with long names are far smaller. */
const MOST_METRICS_BYTES = 16 << 20;

/** Opens the file of every report. */
export function openReportFiles({ reports, io, open }: Destination): ReportFiles {
  const files = reports.map((report) => ({ report, file: open(requestFor(report)) }));
  const startedAt = new Date().toISOString();
  return {
    standIn: (state, labels) => {
      for (const { report, file } of files) {
        const { format, path } = report;
        const metrics = { labels, endedAt: new Date(), earlier: readEarlier({ format, path }) ?? '' };
        const text = formatUnfinished(format, { state, startedAt, rowproof: VERSION, metrics });
        if (text !== null) file.standIn(text);
      }
    },
    writers: (result, known) =>
      files.map(({ report, file }) => async () => {
        const mostBytes = report.isShared ? MOST_STEP_SUMMARY_BYTES - sizeOf(report.path) : null;
        if (mostBytes !== null && mostBytes < LEAST_SUMMARY_BYTES) {
          io.stderr.write('The summary of this step is full, so that the report is not in it.\n');
          return;
        }
        const { format } = report;
        const earlier = readEarlier(report);
        const room = { ...(mostBytes !== null && { mostBytes }), ...(earlier !== null && { earlier }) };
        const options = { format, ...room, ...known };
        await file.write([formatReport(result, options)]);
      }),
  };
}

function requestFor({ format, path, isShared }: PlannedReport): RequestedFile {
  const access = isShared ? 'appended' : format === 'prometheus' ? 'readable' : 'private';
  return { flag: '--report', path, access };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The metrics that are there; null for other formats, and where there are none that can be read. */
function readEarlier({ format, path }: Pick<PlannedReport, 'format' | 'path'>): string | null {
  if (format !== 'prometheus') return null;
  try {
    return statSync(path).isFile() ? readTextFile(path, MOST_METRICS_BYTES) : null;
  } catch {
    // Metrics that cannot be read say of no earlier success, as on the first night.
    return null;
  }
}
