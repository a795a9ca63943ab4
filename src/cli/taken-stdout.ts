import type { PlannedFile } from '../config/file-place.js';
import { streamOf } from '../config/process-stream.js';
import { optionError } from '../config/raw-flags.js';
import type { ReportFormat } from '../core/report-format.js';
import type { CliIo } from './cli-io.js';

const STDOUT = 1;

/** Refuses an output that is written to stdout beside a report that was asked for there. */
export function refuseTakenStdout(outputs: readonly PlannedFile[], report: ReportFormat | undefined): void {
  const taken = findTaking(outputs);
  if (taken === undefined || report === undefined) return;
  throw optionError({
    option: taken.flag,
    message: `Expected one output on stdout, got ${taken.flag} ${taken.path} and --report ${report}.`,
    hint: `Give one of them a file, for example --report ${report}=run.${report}.`,
  });
}

/** An output that is stdout has it alone: what people are told goes to stderr then. */
export function tellBeside<Io extends CliIo>(io: Io, outputs: readonly PlannedFile[]): Io {
  return findTaking(outputs) === undefined ? io : { ...io, stdout: io.stderr };
}

function findTaking(outputs: readonly PlannedFile[]): PlannedFile | undefined {
  return outputs.find(({ path }) => streamOf(path) === STDOUT);
}
