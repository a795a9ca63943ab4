import { LOOKS_TO_CONFIRM } from '../core/candidate-book.js';
import { RowproofError, serializeError } from '../core/errors.js';
import type { EmitEvent } from '../core/event.js';
import type { Finding, FindingCode } from '../core/finding.js';
import type { Side } from '../core/pairing.js';
import type { Table } from '../core/schema.js';
import type { Engine } from '../engines/engine.js';
import type { Session } from '../engines/session.js';
import type { ComparisonScope } from '../plan/selection.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import type { TableState } from '../state/table-state.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import type { RunLooks } from './table-run.js';

/** What counting one side needs. */
export interface CountSide {
  readonly engine: Engine;
  readonly session: Session;
}

export interface CountRun {
  readonly tables: readonly TableState[];
  /** Whether an earlier sitting of the run counted the same rows on both sides. */
  readonly isFinished: (table: TableState) => boolean;
  readonly sides: Readonly<Record<Side, CountSide>>;
  readonly scope: ComparisonScope;
  readonly emit: EmitEvent;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Counts again where somebody writes; null where unequal counts are a difference at once. */
  readonly looks: RunLooks | null;
}

/** Findings about columns and keys, which counting does not look at. */
const IRRELEVANT: ReadonlySet<FindingCode> = new Set([
  'column-unverified',
  'key-unusable',
  'ambiguous-column',
  'key-not-ignored',
]);

/** A planned table without what only matters to those who read rows. */
export function planForCounting(planned: PlannedTable): PlannedTable {
  return { ...planned, columns: [], findings: planned.findings.filter(({ code }) => !IRRELEVANT.has(code)) };
}

/** Counts the rows of every table on both sides at once, a table after the other. */
export async function countTables(run: CountRun): Promise<void> {
  for (const table of run.tables) {
    if (run.signal.aborted) return;
    const { source, target } = table.planned;
    table.record({ kind: 'started', atMs: run.now() });
    const estimatedRows = source?.estimatedRows ?? null;
    await run.emit({ type: 'table:start', table: table.name, estimatedRows });
    const isLeft = !run.isFinished(table);
    if (
      isLeft &&
      source !== null &&
      target !== null &&
      source.unreadable === null &&
      target.unreadable === null
    ) {
      await countTable(run, table, { source, target });
      if (run.signal.aborted) return;
    }
    table.record({ kind: 'done' });
    table.record({ kind: 'ended', atMs: run.now() });
    await run.emit({ type: 'table:end', table: table.name, verdict: table.toResult([]).verdict });
  }
}

async function countTable(run: CountRun, table: TableState, tables: Record<Side, Table>): Promise<void> {
  const { scope, sides } = run;
  const where = scope.where(tables.source.name);
  const [source, target] = await Promise.allSettled(
    (['source', 'target'] as const).map((side) => countRows(sides[side], tables[side], where[side])),
  );
  for (const [side, outcome] of [['source', source] as const, ['target', target] as const]) {
    if (outcome?.status === 'rejected') noteFailure(table, side, outcome.reason);
  }
  if (source?.status !== 'fulfilled' || target?.status !== 'fulfilled') return;
  await noteCounts(run, table, { source: source.value, target: target.value }, () =>
    countAgain(run, table, tables),
  );
}

/** How many rows each side has, and whether that may change still. */
interface Counts extends Readonly<Record<Side, number>> {
  /** Set where the source, or the pair, was not the same in every look. */
  readonly isMoving?: boolean;
}

async function noteCounts(
  run: CountRun,
  table: TableState,
  first: Counts,
  again: () => Promise<Counts>,
): Promise<void> {
  const mustLook = first.source !== first.target && (await run.looks?.mustHold(table)) === true;
  const counts = mustLook ? await again() : first;
  if (run.signal.aborted) return;
  const { source, target, isMoving = false } = counts;
  table.record({ kind: 'counted', sourceRows: source, targetRows: target });
  const isEqual = source === target;
  await run.emit({
    type: isEqual ? 'chunk:verified' : 'chunk:differs',
    table: table.name,
    sourceRows: source,
    targetRows: target,
    counts: null,
  });
  if (!isEqual) table.addFinding(isMoving ? movingCounts(table, counts) : unequalCounts(table, counts));
}

/**
 * Counts several times, each time the source, then the target behind a fence, and the source once more. Equal in one of them
 * is enough; unequal they are only where the counts were the same in every look.
 */
async function countAgain(run: CountRun, table: TableState, tables: Record<Side, Table>): Promise<Counts> {
  const where = run.scope.where(tables.source.name);
  const count = (side: Side): Promise<number> => countRows(run.sides[side], tables[side], where[side]);
  const seen: Record<Side, number>[] = [];
  for (let look = 0; look < LOOKS_TO_CONFIRM && !run.signal.aborted; look++) {
    await run.looks?.pause(run.signal);
    const before = await count('source');
    const isReached = (await run.looks?.passFence(run, table)) === true;
    const target = await count('target');
    const after = await count('source');
    if (target === before || target === after) return { source: target, target };
    seen.push({ source: after, target });
    if (before !== after || !isReached) return { source: after, target, isMoving: true };
  }
  const [first, ...others] = seen;
  const last = seen.at(-1) ?? { source: 0, target: 0 };
  const isAlike = others.every(({ source, target }) => source === first?.source && target === first.target);
  return { ...last, isMoving: !isAlike };
}

function unequalCounts({ name }: TableState, { source, target }: Counts): Finding {
  return {
    code: 'row-count',
    about: { table: name, detail: `${source} and ${target}` },
    message: `Table ${name} has ${formatCounted(target, 'row')} on the target and ${formatCount(source)} on the source.`,
    hint: 'Run in full mode to see which rows differ.',
  };
}

function movingCounts({ name }: TableState, { source, target }: Counts): Finding {
  return {
    code: 'unsettled',
    about: { table: name, detail: `${source} and ${target}` },
    message: `The numbers of rows of ${name} were never equal and never the same twice: last ${formatCounted(target, 'row')} on the target and ${formatCount(source)} on the source. Rows are written meanwhile.`,
    hint: 'Run in full mode, where each row is looked at for itself, or run again when fewer rows are written.',
  };
}

function countRows({ engine, session }: CountSide, table: Table, where: string | null): Promise<number> {
  return session.ask('count', { table, where }).catch((error: unknown) => {
    if (error instanceof RowproofError) throw error;
    const { code, message } = engine.classifyError(error);
    throw new RowproofError({ code, message: message.replace(/\.$/, ''), cause: error });
  });
}

function noteFailure(table: TableState, side: Side, reason: unknown): void {
  const { message, hint } = serializeError(reason);
  table.addFinding({
    code: 'chunk-unverified',
    about: { table: table.name, side, detail: message },
    message: `Cannot count ${table.name} on the ${side}: ${message}.`,
    hint,
  });
}
