import { textWidth } from '../report/wrap-text.js';
import { formatCount, formatCounted, formatDuration } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';
import { type ProgressState, rowsPerSecond } from './progress-state.js';

const BAR_CELLS = 10;
const LONGEST_ESTIMATE_MS = 100 * 3600 * 1000;

/**
 * How far a run is, in at most `width` columns: parts that matter less are left out before the name of the table is, and a
 * name that is still too long is for the caller to cut.
 */
export function formatProgress(
  state: ProgressState,
  nowMs: number,
  width = Number.POSITIVE_INFINITY,
): string {
  const rate = rowsPerSecond(state, nowMs);
  const share = estimateShare(state);
  const bar = share === null ? '' : `${drawBar(share)} about ${Math.floor(share * 100)}%`;
  const areRead = state.tables > 0 && state.finishedTables >= state.tables;
  // Rows that are looked at again are none that are read.
  const isReading = !areRead && state.looks === null;
  const pace = isReading && rate !== null ? `${formatCount(Math.round(rate))} rows/s` : '';
  const speed = areRead ? 'finishing' : pace;
  const left = isReading ? formatTimeLeft(state, nowMs) : '';
  const problems = [
    `${state.leftTables > 0 ? 'at least ' : ''}${formatCount(state.differences)} differ`,
    state.leftTables > 0 ? `${formatCounted(state.leftTables, 'table')} left early` : '',
    state.unverifiedTables > 0 ? `${formatCounted(state.unverifiedTables, 'table')} unverified` : '',
  ];
  const tables = formatTables(state);
  const rows =
    share === null
      ? formatCounted(state.rows, 'row')
      : `${formatCount(state.rows)} of ${formatCounted(state.estimatedRows ?? 0, 'row')}`;
  const paused = state.paused ?? state.silent ?? describeLooks(state, nowMs);
  const forms = [
    [paused, bar, speed, left, ...problems, tables, rows],
    [paused, bar, speed, left, ...problems, tables],
    [paused, bar, left, ...problems, tables],
    [paused, bar, left, ...problems, nameRunning(state)],
    [paused, bar, ...problems, nameRunning(state)],
  ].map((parts) => parts.filter((part) => part !== '').join(', '));
  return forms.find((form) => textWidth(form) <= width) ?? forms.at(-1) ?? '';
}

/** How far looking again at rows is, and for how long they are looked at yet. */
function describeLooks({ looks, looksEndMs }: ProgressState, nowMs: number): string {
  if (looks === null || looksEndMs === null || looksEndMs <= nowMs) return looks ?? '';
  return `${looks} for ${formatWait(looksEndMs - nowMs)} more at most`;
}

/** Whole seconds: more would jump about. */
function formatWait(ms: number): string {
  return ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : formatDuration(ms);
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

/** Speed is known too little at first: connections warm up, and chunks are still small. */
const LEAST_SAMPLE_MS = 4000;

function formatTimeLeft(state: ProgressState, nowMs: number): string {
  const rate = rowsPerSecond(state, nowMs);
  const sampledMs = nowMs - (state.samples[0]?.atMs ?? nowMs);
  if (estimateShare(state) === null || rate === null || rate <= 0 || sampledMs < LEAST_SAMPLE_MS) return '';
  const leftMs = (((state.estimatedRows ?? 0) - state.rows) * 1000) / rate;
  if (leftMs > LONGEST_ESTIMATE_MS) return '';
  return `${formatWait(leftMs)} left`;
}

function formatTables(state: ProgressState): string {
  if (state.tables === 0) return '';
  const now = nameRunning(state);
  return `${formatCount(state.finishedTables)} of ${formatCounted(state.tables, 'table')} done${now === '' ? '' : `: ${now}`}`;
}

function nameRunning({ running }: ProgressState): string {
  const [first] = running.keys();
  if (first === undefined) return '';
  return `${visibleName(first)}${running.size > 1 ? ` and ${formatCount(running.size - 1)} more` : ''}`;
}
