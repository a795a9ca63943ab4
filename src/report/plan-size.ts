import type { LoadLimits } from '../core/load-limits.js';
import type { Side } from '../core/pairing.js';
import type { RunPlan, TablePlan } from '../core/plan.js';
import type { BySide, Range, RunEstimate } from '../core/plan-estimate.js';
import { formatBytes, formatCount, formatCounted } from '../words/number-text.js';

/** Why nobody can say more without reading rows. */
const COMPRESSED =
  'At least: what is counted is stored, and long values are stored compressed; they are sent whole, which may be many times as much and take longer.';

/** "about 20,000 rows; 1.6 MB on the source, 1.3 MB on the target; less than a minute". */
export function formatTableSize({
  estimatedRows,
  estimatedBytes,
  isAtLeast,
  estimatedSeconds,
  strategy,
  mode,
}: TablePlan): string {
  const parts = [formatRows(estimatedRows), formatSizes(estimatedBytes, isAtLeast)];
  if (strategy !== null && mode !== 'count') parts.push(formatTime(estimatedSeconds, isAtLeast));
  return parts.join('; ');
}

/** What the whole run reads and how long that takes, and on what the time rests; nothing where nothing would be read. */
export function formatEstimate({ estimate, tables }: Pick<RunPlan, 'estimate' | 'tables'>): string[] {
  const read = tables.filter(({ strategy }) => strategy !== null);
  if (read.length === 0) return [];
  const { rows, bytes, seconds, isAtMost, isAtLeast } = estimate;
  const upTo = isAtMost ? ' at most, because conditions leave rows out' : '';
  const verb = read.every(({ mode }) => mode === 'count') ? 'to count' : 'to read';
  const lines = [
    `${verb}: ${formatRows(rows)}; ${formatSizes(bytes, isAtLeast)}; ${formatTime(seconds, isAtLeast)}${upTo}`,
  ];
  const untold = describeUnknown(estimate, read);
  if (untold !== '') lines.push(`  not in it: ${untold}`);
  if (seconds !== null) lines.push(`  ${describeRates(estimate, read)}`);
  if (isAtLeast.source || isAtLeast.target) lines.push(`  ${COMPRESSED}`);
  return lines;
}

function describeUnknown({ unknown }: RunEstimate, read: readonly TablePlan[]): string {
  const counted = read.filter(({ mode }) => mode === 'count').length;
  const untimed = unknown.seconds - counted;
  const parts = [];
  if (unknown.rows > 0) parts.push(`the rows of ${formatCounted(unknown.rows, 'table')}`);
  if (unknown.bytes > 0) parts.push(`bytes of ${formatCounted(unknown.bytes, 'table')}`);
  if (untimed > 0) parts.push(`the time of ${formatCounted(untimed, 'table')}`);
  const sizes = parts.length === 0 ? [] : [`${parts.join(', ')}, which the servers do not tell`];
  const counts =
    counted === 0 ? [] : [`the time that servers take to count ${formatCounted(counted, 'table')}`];
  return [...sizes, ...counts].join('; ');
}

function describeRates({ rates, limits }: RunEstimate, read: readonly TablePlan[]): string {
  const { rowsPerSecond, bytesPerSecond } = rates;
  const rows = `${formatCount(rowsPerSecond.least)} to ${formatCounted(rowsPerSecond.most, 'row')}`;
  const bytes = `${bytesPerSecond.least / 1e6} to ${bytesPerSecond.most / 1e6} MB`;
  const sends = read.some(({ checksum }) => checksum !== null && checksum.on !== 'client')
    ? 'sends or hashes'
    : 'sends';
  return `The time assumes that each side ${sends} ${rows} and ${bytes} a second, whatever the workers, and that few rows differ${describeLimits(limits)}.`;
}

function describeLimits({ maxRowsPerSecond, maxBytesPerSecond, maxLoad }: LoadLimits): string {
  const asked = [
    ...(maxRowsPerSecond === null ? [] : [formatCounted(maxRowsPerSecond, 'row')]),
    ...(maxBytesPerSecond === null ? [] : [formatBytes(maxBytesPerSecond)]),
  ];
  const cap = asked.length === 0 ? '' : `; no more than ${asked.join(' and ')} a second are read, as asked`;
  return `${cap}${maxLoad === null ? '' : '; pauses for --max-load are not in it'}`;
}

function formatRows(rows: number | null): string {
  return rows === null ? 'rows unknown' : `about ${formatCounted(rows, 'row')}`;
}

function formatSizes(sizes: BySide, isAtLeast: TablePlan['isAtLeast']): string {
  if (sizes.source === null && sizes.target === null) return 'size unknown';
  const of = (side: Side): string => {
    const bytes = sizes[side];
    if (bytes === null) return 'an unknown size';
    return `${isAtLeast[side] ? 'at least ' : ''}${formatBytes(bytes)}`;
  };
  return `${of('source')} on the source, ${of('target')} on the target`;
}

/** A time that rests on bytes of which more are sent says so. */
function formatTime(seconds: Range | null, isAtLeast: TablePlan['isAtLeast']): string {
  if (seconds === null) return 'time unknown';
  const isLonger = isAtLeast.source || isAtLeast.target;
  if (seconds.most < 60) return isLonger ? 'seconds or more' : 'less than a minute';
  return `${formatRange(seconds)}${isLonger ? ' or more' : ''}`;
}

function formatRange(seconds: Range): string {
  const [least, most] = [formatSpan(seconds.least), formatSpan(seconds.most)];
  if (least === most) return `about ${most}`;
  const [[from = '', unit], [to = '', otherUnit]] = [least.split(' '), most.split(' ')];
  return unit === otherUnit ? `${from} to ${to} ${unit}` : `${least} to ${most}`;
}

/** Minutes up to two hours, then hours; an estimate has no seconds. */
function formatSpan(seconds: number): string {
  const minutes = seconds / 60;
  if (minutes < 120) return `${formatCount(Math.max(1, Math.round(minutes)))} min`;
  const hours = minutes / 60;
  return `${hours < 10 ? hours.toFixed(1) : formatCount(Math.round(hours))} h`;
}
