import type { DifferenceCounts } from '../core/chunk.js';
import type { RunEvent } from '../core/event.js';
import { formatCount, formatCounted, formatDuration } from '../words/number-text.js';
import { visibleName } from '../words/visible-text.js';

/** What progress is shown of; changed only by `applyEvent`. */
export interface ProgressState {
  tables: number;
  finishedTables: number;
  estimatedRows: number | null;
  rows: number;
  differences: number;
  unverifiedTables: number;
  /** Tables whose rest is not read. */
  leftTables: number;
  /** Why the run stands still; null while it does not. */
  paused: string | null;
  /** How far looking again at rows that differ is; null before it begins. */
  looks: string | null;
  /** When it ends at the latest; null where that is not known. */
  looksEndMs: number | null;
  /** Which server was asked and sends nothing; null once rows come. */
  silent: string | null;
  /** Running table pairs, in the order they began. */
  readonly running: Map<string, RunningTable>;
  /** Rows done at recent times, by which speed is told: a mean over the whole run would hide a stall. */
  readonly samples: { readonly atMs: number; readonly rows: number }[];
}

interface RunningTable {
  estimatedRows: number | null;
  rows: number;
  isLeft: boolean;
  differences: number;
  problem: string | null;
  retried: boolean;
}

const WINDOW_MS = 15_000;
const SAMPLE_EVERY_MS = 500;

/** A run of which nothing is known yet. */
export function createProgressState(): ProgressState {
  return {
    tables: 0,
    finishedTables: 0,
    estimatedRows: null,
    rows: 0,
    differences: 0,
    unverifiedTables: 0,
    leftTables: 0,
    paused: null,
    silent: null,
    running: new Map(),
    samples: [],
    looks: null,
    looksEndMs: null,
  };
}

/** Takes an event of now into account; returns a line worth keeping on the screen, or null. */
export function applyEvent(state: ProgressState, event: RunEvent, nowMs: number): string | null {
  if (event.type === 'run:start') {
    state.tables = event.tables;
    state.estimatedRows = event.estimatedRows;
    return null;
  }
  if (event.type === 'run:end') return null;
  if (event.type === 'side:chosen') return describeChoice(event);
  if (event.type === 'run:paused') {
    state.paused = describePause(event);
    return null;
  }
  if (event.type === 'run:resumed') {
    state.paused = null;
    return null;
  }
  if (event.type === 'target:late') {
    state.looks = describeLate(event);
    state.looksEndMs = null;
    return null;
  }
  if (event.type === 'rows:looked') {
    const { looks, open, leftMs } = event;
    state.looks = `look ${looks} at rows that differ: ${formatCount(open)} undecided`;
    state.looksEndMs = leftMs === null ? null : nowMs + leftMs;
    return null;
  }
  if (event.type === 'snapshot:ended')
    return `the snapshot of the ${event.side} was ended; the rest is read without`;
  if (event.type === 'server:silent') {
    state.silent = `the ${event.side} has sent nothing for ${formatDuration(event.silentMs)}`;
    return null;
  }
  if (event.type === 'server:down' || event.type === 'server:up' || event.type === 'server:gone')
    return noteServer(state, event);
  const table = openTable(state, event.table);
  switch (event.type) {
    case 'chunk:verified':
    case 'chunk:differs':
      state.silent = null;
      if (event.wasHeld !== true) addRows(state, table, event);
      table.differences += countDifferences(event.counts);
      state.differences += countDifferences(event.counts);
      return null;
    case 'chunk:held':
      addRows(state, table, event);
      return null;
    case 'table:start':
      table.estimatedRows = event.estimatedRows;
      return null;
    case 'table:left':
      return leaveTable(state, table, event);
    case 'rows:read':
      state.silent = null;
      state.looks = null;
      if (event.side === 'source') state.rows += event.rows;
      return null;
    case 'chunk:unverified':
      table.problem ??= event.error.message;
      return null;
    case 'chunk:retry':
      if (table.retried) return null;
      table.retried = true;
      return `${event.table}: trying again after an error: ${event.error.message}`;
    case 'table:differs':
      return describeDamage(event);
    case 'table:end':
      return endTable(state, { ...event, ended: table });
    default:
      return null;
  }
}

function addRows(
  state: ProgressState,
  table: RunningTable,
  { sourceRows, targetRows }: { readonly sourceRows: number; readonly targetRows: number },
): void {
  const rows = Math.max(sourceRows, targetRows);
  table.rows += rows;
  state.rows += rows;
  state.looks = null;
}

/** Its other rows are not read, so that nobody waits for them. */
function leaveTable(
  state: ProgressState,
  table: RunningTable,
  { table: name, differences, mostDifferences }: Extract<RunEvent, { type: 'table:left' }>,
): string {
  table.isLeft = true;
  state.leftTables++;
  const unread = Math.max(0, (table.estimatedRows ?? 0) - table.rows);
  if (state.estimatedRows !== null) state.estimatedRows = Math.max(state.rows, state.estimatedRows - unread);
  return `${name}: left after ${formatCounted(differences, 'differing row')} (--max-differences ${mostDifferences})`;
}

function describeLate({ waitedMs, halt }: Extract<RunEvent, { type: 'target:late' }>): string {
  return `waiting ${formatDuration(waitedMs)} for the target to come up${halt === null ? '' : ` (${halt})`}`;
}

function describeChoice({
  side,
  url,
  passedOver,
}: Extract<RunEvent, { readonly type: 'side:chosen' }>): string {
  const others = passedOver.map((other) => `${other.url} (${other.reason})`).join(', ');
  return `The ${side} is ${url} to the end of the run.${others === '' ? '' : ` Passed over: ${others}.`}`;
}

function describePause({ side, load, maxLoad }: Extract<RunEvent, { readonly type: 'run:paused' }>): string {
  if (load === null) return `paused: the load of the ${side} is unknown`;
  return `paused: ${formatCounted(load, 'statement')} at work on the ${side} (limit ${formatCount(maxLoad)})`;
}

type ServerEvent = Extract<RunEvent, { readonly type: `server:${'down' | 'up' | 'gone'}` }>;

function noteServer(state: ProgressState, event: ServerEvent): string {
  const { side } = event;
  if (event.type === 'server:down') {
    state.paused = `waiting for the ${side}`;
    const longest = formatDuration(event.waitMs);
    return `The ${side} cannot be reached: ${event.reason}. The run stands still and waits for it, up to ${longest}.`;
  }
  state.paused = null;
  const time = formatDuration(event.downMs);
  return event.type === 'server:up'
    ? `The ${side} is back after ${time}.`
    : `The ${side} did not come back within ${time}: what is left is unverified.`;
}

/** Notes how many rows are done now; to be called often. */
export function sampleRows(state: ProgressState, nowMs: number): void {
  const last = state.samples.at(-1);
  // What was not spent on reading rows says nothing of how fast they are read.
  if (last === undefined && state.rows === 0) return;
  if (last !== undefined && nowMs - last.atMs < SAMPLE_EVERY_MS) return;
  state.samples.push({ atMs: nowMs, rows: state.rows });
  while ((state.samples[1]?.atMs ?? nowMs) < nowMs - WINDOW_MS) state.samples.shift();
}

/** Rows a second of late; null while too little is known. */
export function rowsPerSecond(state: ProgressState, nowMs: number): number | null {
  const first = state.samples[0];
  if (first === undefined || nowMs - first.atMs < 1000) return null;
  return ((state.rows - first.rows) * 1000) / (nowMs - first.atMs);
}

function countDifferences(counts: DifferenceCounts | null): number {
  return counts === null ? 0 : counts.missing + counts.extra + counts.changed;
}

function openTable(state: ProgressState, name: string): RunningTable {
  const known = state.running.get(name);
  if (known !== undefined) return known;
  const table = {
    estimatedRows: null,
    rows: 0,
    isLeft: false,
    differences: 0,
    problem: null,
    retried: false,
  };
  state.running.set(name, table);
  return table;
}

function describeDamage({
  table,
  rows,
  differing,
  columns,
}: Extract<RunEvent, { readonly type: 'table:differs' }>): string {
  const where = columns.length === 0 ? '' : ` (${columns.map(visibleName).join(', ')})`;
  return `${table}: ${formatCount(differing)} of ${formatCounted(rows, 'row')} read differ so far${where}`;
}

type EndedTable = Extract<RunEvent, { readonly type: 'table:end' }> & { readonly ended: RunningTable };

function endTable(state: ProgressState, { table, verdict, ended }: EndedTable): string | null {
  state.running.delete(table);
  state.finishedTables += 1;
  const problem = ended.problem === null ? '' : `unverified chunks: ${ended.problem}`;
  if (verdict === 'different') {
    const count = `${ended.isLeft ? 'at least ' : ''}${formatCounted(ended.differences, 'row')}`;
    const rows = ended.differences === 0 ? '' : ` in ${count}`;
    return `${table}: different${rows}${problem === '' ? '' : `; ${problem}`}`;
  }
  if (verdict !== 'unverified') return null;
  state.unverifiedTables += 1;
  return `${table}: unverified${ended.problem === null ? '' : `: ${ended.problem}`}`;
}
