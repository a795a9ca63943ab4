import { FINDING_EFFECTS } from '../../core/finding.js';
import type { RowsFacts, TableRowsFacts } from '../../core/gate/rows-facts.js';
import { isUnwritten, type WriteMark } from '../../core/gate/write-marks.js';
import { qualifiedName, SIDES, type Side } from '../../core/pairing.js';
import type { RunResult, TableResult } from '../../core/result.js';
import type { PlannedTable } from '../../plan/table-pairing.js';
import type { WriteMarks } from './write-marks.js';

/** A verdict over rows, and what the servers said of writes before its first row was read and at the last reading. */
export interface RowsVerdict {
  readonly result: RunResult;
  readonly isEarlier: boolean;
  readonly tables: readonly PlannedTable[];
  readonly before: WriteMarks;
  readonly now: WriteMarks;
  /** Where the source stands now; null where it does not say. */
  readonly position: string | null;
}

/** Puts together what a verdict over rows is worth at the last reading. */
export function describeRows(verdict: RowsVerdict): RowsFacts {
  const { result, isEarlier } = verdict;
  const planned = new Map(
    verdict.tables.flatMap((table) => {
      const named = table.target ?? table.source;
      return named === null ? [] : [[qualifiedName(named), table] as const];
    }),
  );
  return {
    verdict: result.verdict,
    mode: result.mode,
    ratio: result.ratio,
    isEarlier,
    position: result.replication?.sourceFrom ?? null,
    startedAt: result.startedAt,
    tables: result.tables.map((table) => describeTable(table, planned, verdict)),
    open: listOpen(result),
    exceptions: listExceptions(result),
  };
}

function describeTable(
  table: TableResult,
  planned: ReadonlyMap<string, PlannedTable>,
  verdict: RowsVerdict,
): TableRowsFacts {
  const name = table.target ?? table.source ?? '';
  const { missing, extra, changed, waived = 0 } = table;
  return {
    table: name,
    verdict: table.verdict,
    mode: table.mode,
    sourceRows: table.sourceRows,
    targetRows: table.targetRows,
    differences: missing + extra + changed - waived,
    isLeft: table.left !== undefined,
    isRead: table.strategy !== null && table.verdict !== 'unverified',
    behind: findBehind(planned.get(name), verdict),
  };
}

const WRITTEN: Readonly<Record<Side, string>> = {
  source: 'the source was written since its rows were read',
  target: 'the target was written by others since its rows were read',
};

/** Why a table is not proved up to the last write; null where neither side was written since its rows were read. */
function findBehind(
  table: PlannedTable | undefined,
  { before, now, result, position }: RowsVerdict,
): string | null {
  if (table === undefined) return 'the table is not among those that are looked at now';
  for (const side of SIDES) {
    const name = table[side]?.name;
    if (name === undefined) continue;
    const [then, current] = [before[side].get(name), now[side].get(name)];
    if (then === undefined || current === undefined || !canProve(then, current))
      return `the ${side} does not say whether it was written since its rows were read; preflight --grants prints what it takes`;
    if (!isUnwritten(then, current)) return `${WRITTEN[side]}${describeStand(result, position)}`;
  }
  return null;
}

/**
 * Whether both readings have a proof of the same kind, on which the later one may rely. A server that could prove it then and
 * cannot now was written within the moment that its proofs are coarse by.
 */
function canProve(then: WriteMark, current: WriteMark): boolean {
  if (Object.keys(current.proofs).length === 0) return Object.keys(then.proofs).length > 0;
  return Object.keys(current.proofs).some(
    (name) => then.proofs[name] !== undefined && !current.unsettled.includes(name),
  );
}

function describeStand(result: RunResult, position: string | null): string {
  const proved = result.replication?.sourceFrom ?? null;
  if (proved === null || position === null) return '';
  return `: proved up to ${proved}, the source stands at ${position}`;
}

/** Findings of the run as a whole that its tables say nothing of. An interrupted run has one for it. */
function listOpen({ findings }: RunResult): RowsFacts['open'] {
  return findings.flatMap(({ code, message, hint }) => {
    const effect = FINDING_EFFECTS[code];
    return effect === 'note' ? [] : [{ isDifferent: effect === 'different', code, message, hint }];
  });
}

/** What the verdict leaves out or forgives, so that whoever relies on it knows. */
function listExceptions({ scope, tables, totals, findings }: RunResult): string[] {
  const { excluded, conditions, relaxations, assumptions } = scope;
  const skipped = tables.flatMap(({ target, columns }) =>
    columns.filter(({ compared }) => !compared).map((column) => `${target}.${column.target}`),
  );
  const list = (what: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
  const passedOver = findings.filter(({ code }) => code === 'not-looked-at' || code === 'extra-table');
  return [
    ...passedOver.map(({ message }) => message.replace(/\.$/, '')),
    ...list('left out', excluded),
    ...list('not compared', skipped),
    ...list(
      'only the rows of a condition',
      conditions.map(({ table }) => table),
    ),
    ...list(
      'allowed to differ in some way',
      relaxations.map(({ column }) => column),
    ),
    ...list(
      "taken on the user's word",
      assumptions.map(({ column }) => column),
    ),
    ...((totals.waived ?? 0) > 0 ? [`${totals.waived} differing rows are waived`] : []),
  ];
}
