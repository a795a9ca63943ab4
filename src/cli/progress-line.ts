import { formatCount, formatCounted, formatDuration } from '../report/number-text.js';
import { visibleName } from '../report/visible-text.js';
import { type ProgressState, rowsPerSecond } from './progress-state.js';

const BAR_CELLS = 10;
const LONGEST_ESTIMATE_MS = 100 * 3600 * 1000;

/** How far a run is, most important first, so that a narrow terminal cuts off the least. */
export function formatProgress(state: ProgressState, nowMs: number): string {
  const rate = rowsPerSecond(state, nowMs);
  const share = estimateShare(state);
  const parts = [
    state.paused ?? '',
    share === null ? '' : `${drawBar(share)} about ${Math.floor(share * 100)}%`,
    rate === null ? '' : `${formatCount(Math.round(rate))} rows/s`,
    formatTimeLeft(state, rate),
    `${formatCount(state.differences)} differ`,
    state.unverifiedTables > 0 ? `${formatCounted(state.unverifiedTables, 'table')} unverified` : '',
    formatTables(state),
    share === null
      ? formatCounted(state.rows, 'row')
      : `${formatCount(state.rows)} of ${formatCounted(state.estimatedRows ?? 0, 'row')}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** A run that has outgrown its estimate has none; one that has not ended is never at 100%. */
function estimateShare({ rows, estimatedRows }: ProgressState): number | null {
  if (estimatedRows === null || estimatedRows <= 0 || rows > estimatedRows) return null;
  return Math.min(0.99, rows / estimatedRows);
}

function drawBar(share: number): string {
  const full = Math.floor(share * BAR_CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}`;
}

function formatTimeLeft(state: ProgressState, rate: number | null): string {
  if (estimateShare(state) === null || rate === null || rate <= 0) return '';
  const leftMs = (((state.estimatedRows ?? 0) - state.rows) * 1000) / rate;
  if (leftMs > LONGEST_ESTIMATE_MS) return '';
  return leftMs < 60_000 ? `${Math.ceil(leftMs / 1000)} s left` : `${formatDuration(leftMs)} left`;
}

function formatTables({ tables, finishedTables, running }: ProgressState): string {
  if (tables === 0) return '';
  const [first] = running.keys();
  const others = running.size > 1 ? ` and ${formatCount(running.size - 1)} more` : '';
  const now = first === undefined ? '' : `: ${visibleName(first)}${others}`;
  return `${formatCount(finishedTables)} of ${formatCounted(tables, 'table')} done${now}`;
}
