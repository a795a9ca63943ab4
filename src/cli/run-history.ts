import { type RawFlags, readSwitch } from '../config/raw-flags.js';
import { EXIT_CODES } from '../core/verdict.js';
import { foldNights } from '../history/fold-nights.js';
import { readHistory } from '../history/history-folder.js';
import { formatTrend, formatTrendJson } from '../report/trend-report.js';
import type { GuardedIo } from './cli-io.js';

interface HistoryCommand {
  readonly path: string;
  readonly flags: RawFlags;
  readonly io: GuardedIo;
}

const DEFAULT_WIDTH = 120;

/** Does what `rowproof history` was asked to: says of each table which rows are new, persist and are healed, run by run. */
export function runHistory({ path, flags, io }: HistoryCommand): number {
  const sayStray = (name: string) => io.stderr.write(`${name} in ${path} is no night of a history.\n`);
  const trend = foldNights(readHistory(path, sayStray));
  const isJson = readSwitch(flags, 'json');
  io.stdout.write(isJson ? formatTrendJson(trend) : formatTrend(trend, io.stdout.columns ?? DEFAULT_WIDTH));
  return EXIT_CODES.clean;
}
