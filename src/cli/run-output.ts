import type { RunResult } from '../core/result.js';
import { formatDifferences } from '../report/differences-file.js';
import { REPORT_FORMATS, type ReportFormat } from '../report/report-formats.js';
import { formatSummary } from '../report/summary.js';
import type { VerifyOutcome } from '../verify.js';
import type { CliIo } from './cli-io.js';
import { type OutputFile, openOutputFile } from './output-file.js';
import type { OutputPlan } from './output-plan.js';

/** All places that a run writes to, opened before it begins. */
export interface RunOutput {
  write(outcome: WritableOutcome): Promise<void>;
  /** Removes files that were not completed. */
  discard(): void;
}

type WritableOutcome = Pick<VerifyOutcome, 'result' | 'differences'>;

interface Destination {
  readonly plan: OutputPlan;
  readonly io: CliIo;
  readonly showValues: boolean;
}

interface OpenFiles {
  readonly reports: { readonly format: ReportFormat; readonly file: OutputFile }[];
  readonly differences: OutputFile | null;
}

/** For files and logs, whose reader's width nobody knows. */
const DEFAULT_WIDTH = 120;

/** Opens every output of a plan, or none of them. */
export function openRunOutput(destination: Destination): RunOutput {
  const opened: OutputFile[] = [];
  const discard = () => {
    for (const file of opened) file.discard();
  };
  try {
    const files = openFiles(destination.plan, opened);
    return { discard, write: (outcome) => writeOutput({ destination, files, outcome }) };
  } catch (error) {
    discard();
    throw error;
  }
}

function openFiles({ files, differencesPath }: OutputPlan, opened: OutputFile[]): OpenFiles {
  const open = (flag: string, path: string) => {
    const file = openOutputFile({ flag, path });
    opened.push(file);
    return file;
  };
  return {
    reports: files.map(({ format, path }) => ({ format, file: open('--report', path) })),
    differences: differencesPath === null ? null : open('--differences', differencesPath),
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
  for (const { format, file } of files.reports) {
    const options = { color: false, width: DEFAULT_WIDTH, showValues };
    await attempt(() => file.write([REPORT_FORMATS[format](result, options)]));
  }
  writeStreams(destination, result);
  if (failures.length > 0) throw failures[0];
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
  const options = { color, width: io.stdout.columns ?? DEFAULT_WIDTH, showValues };
  io.stdout.write(REPORT_FORMATS[plan.stdout](result, options));
  if (plan.stdout !== 'table' && !plan.quiet) io.stderr.write(summary);
}
