import { RowproofError, serializeError } from '../core/errors.js';
import type { EmitEvent } from '../core/event.js';
import type { FindingCode } from '../core/finding.js';
import type { Side } from '../core/pairing.js';
import type { Table } from '../core/schema.js';
import type { Engine } from '../engines/engine.js';
import type { Session } from '../engines/session.js';
import type { ComparisonScope } from '../plan/selection.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import type { TableState } from '../state/table-state.js';
import { formatCount, formatCounted } from '../words/number-text.js';

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
  table.record({ kind: 'counted', sourceRows: source.value, targetRows: target.value });
  await run.emit({
    type: source.value === target.value ? 'chunk:verified' : 'chunk:differs',
    table: table.name,
    sourceRows: source.value,
    targetRows: target.value,
    counts: null,
  });
  if (source.value === target.value) return;
  table.addFinding({
    code: 'row-count',
    about: { table: table.name, detail: `${source.value} and ${target.value}` },
    message: `Table ${table.name} has ${formatCounted(target.value, 'row')} on the target and ${formatCount(source.value)} on the source.`,
    hint: 'Run in full mode to see which rows differ.',
  });
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
