import { qualifiedName } from '../core/pairing.js';
import { findParking, heldNull } from './parking.js';
import type { RowChange } from './row-change.js';
import {
  buildDelete,
  buildFill,
  buildHold,
  buildInsert,
  buildUpdate,
  type HeldColumns,
  type HeldValue,
} from './statements.js';
import type { RepairSurvey, SurveyedRow } from './survey.js';
import { type TableSurvey, takes } from './table-survey.js';

/** One statement of a row, or the begin and end of statements that must take effect together. */
export type RepairStep =
  | { readonly kind: 'statement'; readonly table: string; readonly row: number; readonly sql: string }
  | { readonly kind: 'join' | 'part' };

interface Staging {
  readonly survey: RepairSurvey;
  readonly seed: bigint;
  /** Tables whose extra rows go last. */
  readonly late: ReadonlySet<string>;
}

/**
 * The statements of a repair in an order that no constraint refuses:
 *
 * 1. extra rows go, children first, so that what they held is free;
 * 2. unique values that a row gives up are put aside before another takes them;
 * 3. missing rows come, parents first;
 * 4. changed rows change, when every row they may refer to is there;
 * 5. extra rows that a changed row referred to until then go last.
 *
 * Where values are put aside, everything from there to the end of step 5 is one transaction: nobody sees them.
 */
export async function* stageRepair(survey: RepairSurvey, seed: bigint): AsyncGenerator<RepairStep> {
  const staging: Staging = { survey, seed, late: findLateTables(survey) };
  const { parentsFirst } = survey.order;
  const childrenFirst = [...parentsFirst].reverse();
  const isLate = (name: string): boolean => staging.late.has(name);
  if (survey.order.needsOneTransaction) yield { kind: 'join' };
  yield* stageDeletes(
    staging,
    childrenFirst.filter((name) => !isLate(name)),
  );
  const joins = [...survey.tables.values()].some((table) => needsParking(table, staging));
  if (joins) yield { kind: 'join' };
  for (const name of parentsFirst) yield* stageHolds(staging, name);
  for (const name of parentsFirst) {
    yield* stageEarlyUpdates(staging, name);
    yield* stageInserts(staging, name);
  }
  for (const name of parentsFirst) yield* stageFills(staging, name);
  for (const name of parentsFirst) {
    const early = survey.tables.get(name)?.early;
    yield* stageUpdates(staging, name, ({ number }) => early?.has(number) !== true);
  }
  yield* stageDeletes(staging, childrenFirst.filter(isLate));
  if (joins || survey.order.needsOneTransaction) yield { kind: 'part' };
}

/** A parent cannot go while a row that will be changed still refers to it, nor before a child that goes late. */
function findLateTables({ tables }: RepairSurvey): Set<string> {
  const late = new Set<string>();
  for (let size = -1; size !== late.size; ) {
    size = late.size;
    for (const [name, survey] of tables) {
      for (const { referencedTable, columns } of survey.table.foreignKeys) {
        const changes = columns.some((column) => survey.updatedColumns.has(column));
        const waits = late.has(name) && survey.counts.delete > 0;
        if (changes || waits) late.add(referencedTable);
      }
    }
  }
  return late;
}

function needsParking(
  { takers, counts, updatedColumns, table, pair }: TableSurvey,
  { late }: Staging,
): boolean {
  const isLate = late.has(qualifiedName(pair.target)) && counts.delete > 0;
  const keyNames = new Set(pair.key.map(({ target }) => target.name));
  return table.uniques.some((rule) => {
    const taken = takers.get(rule.name) ?? 0;
    if (rule.columns.every((column) => keyNames.has(column))) return false;
    return (isLate && taken > 0) || (taken > 1 && rule.columns.some((column) => updatedColumns.has(column)));
  });
}

type RowStatement = (change: RowChange, survey: TableSurvey, row: SurveyedRow) => string | null;

/** Writes one statement for each row of a kind, in rounds where rows of the table must follow one another. */
async function* stageRows(
  { survey }: Staging,
  { name, kind, build }: { name: string; kind: RowChange['kind'][]; build: RowStatement },
): AsyncGenerator<RepairStep> {
  const table = survey.tables.get(name);
  if (table === undefined || kind.every((each) => table.counts[each] === 0)) return;
  const rounds = [...new Set([0, ...table.levels.values()])].sort((one, other) => one - other);
  if (kind.includes('delete')) rounds.reverse();
  for (const round of rounds) {
    for await (const row of survey.rows(name)) {
      if (row.obstacle !== null || !kind.includes(row.change.kind)) continue;
      if ((table.levels.get(row.number) ?? 0) !== round) continue;
      const sql = build(row.change, table, row);
      if (sql !== null) yield { kind: 'statement', table: name, row: row.number, sql };
    }
  }
}

/** Rows that refer to each other in a circle let go first. */
async function* stageDeletes(staging: Staging, names: readonly string[]): AsyncGenerator<RepairStep> {
  for (const name of names) {
    const build: RowStatement = (change, table, row) => {
      const loose = looseColumns(change, table);
      const parked = parkedColumns(row, table, staging);
      return loose.size === 0 ? null : buildHold(change, table, { held: loose, before: parked });
    };
    if (staging.survey.order.loose.has(name)) yield* stageRows(staging, { name, kind: ['delete'], build });
  }
  for (const name of names) {
    const build: RowStatement = (change, table, row) =>
      buildDelete(
        change,
        table,
        new Map([...parkedColumns(row, table, staging), ...looseColumns(change, table)]),
      );
    yield* stageRows(staging, { name, kind: ['delete'], build });
  }
}

function stageHolds(staging: Staging, name: string): AsyncGenerator<RepairStep> {
  const kind: RowChange['kind'][] = staging.late.has(name) ? ['update', 'delete'] : ['update'];
  return stageRows(staging, {
    name,
    kind,
    build: (change, table, row) => {
      const parked = parkedColumns(row, table, staging);
      return parked.size === 0 ? null : buildHold(change, table, { held: parked, before: new Map() });
    },
  });
}

function stageInserts(staging: Staging, name: string): AsyncGenerator<RepairStep> {
  return stageRows(staging, {
    name,
    kind: ['insert'],
    build: (change, table) => buildInsert(change, table, looseColumns(change, table)),
  });
}

async function* stageFills(staging: Staging, name: string): AsyncGenerator<RepairStep> {
  if (!staging.survey.order.loose.has(name)) return;
  const build: RowStatement = (change, table) => {
    const loose = looseColumns(change, table);
    return loose.size === 0 ? null : buildFill(change, table, loose);
  };
  yield* stageRows(staging, { name, kind: ['insert'], build });
}

/** Updates that cannot put their unique value aside go while the rows that want it are still to come. */
async function* stageEarlyUpdates(staging: Staging, name: string): AsyncGenerator<RepairStep> {
  const early = staging.survey.tables.get(name)?.early ?? new Map<number, number>();
  for (const round of [...new Set(early.values())].sort((one, other) => one - other)) {
    yield* stageUpdates(staging, name, ({ number }) => early.get(number) === round);
  }
}

function stageUpdates(
  staging: Staging,
  name: string,
  isTurn: (row: SurveyedRow) => boolean,
): AsyncGenerator<RepairStep> {
  return stageRows(staging, {
    name,
    kind: ['update'],
    build: (change, table, row) =>
      isTurn(row) ? buildUpdate(change, table, parkedColumns(row, table, staging)) : null,
  });
}

/** The columns that must be NULL for a while and are not NULL by themselves. */
function looseColumns(change: RowChange, { order, pair, catalog }: TableSurvey): HeldColumns {
  const loose = order.loose.get(qualifiedName(pair.target));
  const values = change.kind === 'insert' ? change.after : change.before;
  const held = values.filter(
    ({ value, to }) => value !== null && !to.generated && loose?.has(to.name) === true,
  );
  return new Map(held.map(({ to }) => [to.name, heldNull(to, catalog.dialect)]));
}

/** What is put aside of a row because another row may take its unique value before it has let go of it. */
function parkedColumns({ change, number }: SurveyedRow, survey: TableSurvey, staging: Staging): HeldColumns {
  const { table, takers, pair } = survey;
  const isLate = staging.late.has(qualifiedName(pair.target));
  if (change.kind === 'insert' || (change.kind === 'delete' && !isLate)) return new Map();
  const parked = new Map<string, HeldValue>();
  for (const rule of table.uniques) {
    const own = takes(change, rule) ? 1 : 0;
    if (change.kind === 'update' && own === 0) continue;
    if ((takers.get(rule.name) ?? 0) <= own || rule.columns.some((column) => parked.has(column))) continue;
    const found = findParking({ change, rule, survey, number, seed: staging.seed });
    if (found !== null) parked.set(found.column.name, found.held);
  }
  return parked;
}
