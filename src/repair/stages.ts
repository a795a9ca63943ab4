import { qualifiedName } from '../core/pairing.js';
import { heldNull } from './parking.js';
import { looseValues } from './repaired-table.js';
import type { RowChange } from './row-change.js';
import {
  buildDelete,
  buildFill,
  buildHold,
  buildInsert,
  buildUpdate,
  type HeldColumns,
  keyCondition,
} from './statements.js';
import type { RepairSurvey } from './survey.js';
import type { SurveyedRow, TableSurvey } from './table-survey.js';

/** One statement of a row, or the begin and end of statements that must take effect together. */
export type RepairStep =
  | {
      readonly kind: 'statement';
      readonly table: string;
      readonly row: number;
      readonly sql: string;
      /** Whether it puts a row aside, or brings back one that was. */
      readonly aside: 'hold' | 'release' | null;
      /** Statements of other copies of the row follow, and belong into the same transaction. */
      readonly goesOn: boolean;
    }
  | { readonly kind: 'check'; readonly lines: readonly string[] }
  | { readonly kind: 'join' }
  | { readonly kind: 'part' };

/** Steps that follow each other, as many at a time as there are: waiting for each costs as much as making it. */
export type RepairSteps = readonly RepairStep[];

interface Staging {
  readonly survey: RepairSurvey;
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
 * Where values are put aside, everything is one transaction: nobody sees them.
 */
export async function* stageRepair(survey: RepairSurvey): AsyncGenerator<RepairSteps> {
  const staging: Staging = { survey, late: findLateTables(survey) };
  const { parentsFirst } = survey.order;
  const childrenFirst = [...parentsFirst].reverse();
  const isLate = (name: string): boolean => staging.late.has(name);
  if (survey.needsOneTransaction) yield [{ kind: 'join' }];
  yield* stageDeletes(
    staging,
    childrenFirst.filter((name) => !isLate(name)),
  );
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
  for (const name of parentsFirst) yield* stageChecks(staging, name);
  if (survey.needsOneTransaction) yield [{ kind: 'part' }];
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

type RowStatement = (change: RowChange, survey: TableSurvey, row: SurveyedRow) => string | null;

interface RowStage {
  readonly name: string;
  readonly kind: readonly RowChange['kind'][];
  readonly build: RowStatement;
  readonly aside?: 'hold' | 'release';
}

/** Writes one statement for each row of a kind, in rounds where rows of the table must follow one another. */
async function* stageRows(
  { survey, late }: Staging,
  { name, kind, build, aside }: RowStage,
): AsyncGenerator<RepairSteps> {
  const table = survey.tables.get(name);
  if (table === undefined || kind.every((each) => table.counts[each] === 0)) return;
  const rounds = [...new Set([0, ...table.levels.values()])].sort((one, other) => one - other);
  if (kind.includes('delete')) rounds.reverse();
  for (const round of rounds) {
    for await (const rows of survey.batches(name)) {
      const steps: RepairStep[] = [];
      for (const row of rows) {
        if (row.obstacle !== null || !kind.includes(row.change.kind)) continue;
        if ((table.levels.get(row.number) ?? 0) !== round) continue;
        const sql = build(row.change, table, row);
        if (sql === null) continue;
        const isAside = aside !== undefined && returningColumns(row, table, late).size > 0;
        const { copy } = row.change;
        const goesOn = copy !== null && copy.place + 1 < copy.of;
        const { number } = row;
        steps.push({
          kind: 'statement',
          table: name,
          row: number,
          sql,
          aside: isAside ? aside : null,
          goesOn,
        });
      }
      if (steps.length > 0) yield steps;
    }
  }
}

/** Rows that refer to each other in a circle let go first. */
async function* stageDeletes(staging: Staging, names: readonly string[]): AsyncGenerator<RepairSteps> {
  for (const name of names) {
    const build: RowStatement = (change, table, row) => {
      const loose = looseColumns(change, table);
      const parked = parkedColumns(row, table, staging.late);
      return loose.size === 0 ? null : buildHold(change, table, { held: loose, before: parked });
    };
    if (staging.survey.order.loose.has(name)) yield* stageRows(staging, { name, kind: ['delete'], build });
  }
  for (const name of names) {
    const build: RowStatement = (change, table, row) =>
      buildDelete(
        change,
        table,
        new Map([...parkedColumns(row, table, staging.late), ...looseColumns(change, table)]),
      );
    yield* stageRows(staging, { name, kind: ['delete'], build, aside: 'release' });
  }
}

async function* stageHolds(staging: Staging, name: string): AsyncGenerator<RepairSteps> {
  if (staging.survey.tables.get(name)?.parked.size === 0) return;
  const kind: RowChange['kind'][] = staging.late.has(name) ? ['update', 'delete'] : ['update'];
  yield* stageRows(staging, {
    name,
    kind,
    aside: 'hold',
    build: (change, table, row) => {
      const parked = parkedColumns(row, table, staging.late);
      return parked.size === 0 ? null : buildHold(change, table, { held: parked, before: new Map() });
    },
  });
}

function stageInserts(staging: Staging, name: string): AsyncGenerator<RepairSteps> {
  return stageRows(staging, {
    name,
    kind: ['insert'],
    build: (change, table) => buildInsert(change, table, looseColumns(change, table)),
  });
}

async function* stageFills(staging: Staging, name: string): AsyncGenerator<RepairSteps> {
  if (!staging.survey.order.loose.has(name)) return;
  const build: RowStatement = (change, table) => {
    const loose = looseColumns(change, table);
    return loose.size === 0 ? null : buildFill(change, table, loose);
  };
  yield* stageRows(staging, { name, kind: ['insert'], build });
}

/** Updates that cannot put their unique value aside go while the rows that want it are still to come. */
async function* stageEarlyUpdates(staging: Staging, name: string): AsyncGenerator<RepairSteps> {
  const early = staging.survey.tables.get(name)?.early ?? new Map<number, number>();
  for (const round of [...new Set(early.values())].sort((one, other) => one - other)) {
    yield* stageUpdates(staging, name, ({ number }) => early.get(number) === round);
  }
}

function stageUpdates(
  staging: Staging,
  name: string,
  isTurn: (row: SurveyedRow) => boolean,
): AsyncGenerator<RepairSteps> {
  return stageRows(staging, {
    name,
    kind: ['update'],
    aside: 'release',
    build: (change, table, row) =>
      isTurn(row) ? buildUpdate(change, table, parkedColumns(row, table, staging.late)) : null,
  });
}

/** The columns that must be NULL for a while and are not NULL by themselves. */
function looseColumns(change: RowChange, survey: TableSurvey): HeldColumns {
  const { dialect } = survey.catalog;
  if (survey.order.loose.size === 0) return NOTHING_HELD;
  return new Map(looseValues(change, survey).map(({ to }) => [to.name, heldNull(to, dialect)]));
}

const NOTHING_HELD: HeldColumns = new Map();

/** What is put aside of a row because another row takes its unique value before it has let go of it. */
function parkedColumns(
  { change, number }: SurveyedRow,
  { parked, pair }: TableSurvey,
  late: ReadonlySet<string>,
): HeldColumns {
  if (parked.size === 0) return NOTHING_HELD;
  const isEarlyDelete = change.kind === 'delete' && !late.has(qualifiedName(pair.target));
  if (change.kind === 'insert' || isEarlyDelete) return new Map();
  return new Map((parked.get(number) ?? []).map(({ column, held }) => [column.name, held]));
}

/** What is put aside and must come back: a column that ends as NULL has its last value already. */
function returningColumns(row: SurveyedRow, table: TableSurvey, late: ReadonlySet<string>): HeldColumns {
  if (table.parked.size === 0) return NOTHING_HELD;
  const endsNull = new Set(row.change.after.filter(({ value }) => value === null).map(({ to }) => to.name));
  const parked = [...parkedColumns(row, table, late)];
  return new Map(parked.filter(([name, { sql }]) => sql !== 'NULL' || !endsNull.has(name)));
}

/** Makes sure that no row is left as it was put aside. */
async function* stageChecks({ survey, late }: Staging, name: string): AsyncGenerator<RepairSteps> {
  const table = survey.tables.get(name);
  if (table === undefined || table.parked.size === 0) return;
  const { dialect } = table.catalog;
  for await (const row of survey.rows(name)) {
    if (row.obstacle !== null) continue;
    for (const { condition } of returningColumns(row, table, late).values()) {
      const key = keyCondition(row.change, table);
      const lines = dialect.asideChecks.forRow({ table: table.pair.target, key, condition, name });
      if (lines.length > 0) yield [{ kind: 'check', lines }];
    }
  }
}
