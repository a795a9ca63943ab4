import type { RowDifference } from '../core/difference.js';
import { qualifiedName, type TablePair } from '../core/pairing.js';
import type { ForeignKey, RepairCatalog, UniqueRule } from '../engines/repair.js';
import { findObstacle, type RepairedTable, tupleOf, writtenValues } from './obstacle.js';
import { findParking } from './parking.js';
import { type RepairDirection, type RowChange, toRowChange } from './row-change.js';
import { orderTables, type TableOrder } from './table-order.js';

/** What a repair is made of: the tables that were compared, the target's catalog, and every differing row. */
export interface RepairFacts {
  readonly pairs: readonly TablePair[];
  readonly catalog: RepairCatalog;
  /** Reads the differing rows of a table of the target, each time in the same order. */
  readonly read: (table: string) => AsyncIterable<RowDifference>;
}

/** A row, its place among the differing rows of its table, and why it is left alone, or null. */
export interface SurveyedRow {
  readonly number: number;
  readonly change: RowChange;
  readonly obstacle: string | null;
}

/** What is known of a table once its differing rows were looked through. Grows with rows only where order needs it. */
export interface TableSurvey extends RepairedTable {
  readonly counts: { insert: number; update: number; delete: number; skipped: number };
  /** Columns that some update sets. */
  readonly updatedColumns: Set<string>;
  /** By unique rule: how many rows take a new value of it. */
  readonly takers: Map<string, number>;
  /** Rows that are not inserted, by referenced columns and the values in them: their children must wait too. */
  readonly absent: Map<string, Set<string>>;
  /** By row number: how many rows of the same table must be there before; only for tables that need it. */
  readonly levels: Map<number, number>;
  /** By row number: in which round an update goes that must be before the inserts of its table. */
  readonly early: Map<number, number>;
  /** Rows left alone for the sake of others, with the reason. */
  readonly held: Map<number, string>;
}

/**
 * Looks through all differences before a line is written, because order depends on what is to come. Several passes over
 * the spool take the place of memory.
 */
export class RepairSurvey {
  readonly direction: RepairDirection;
  readonly order: TableOrder;
  readonly tables: ReadonlyMap<string, TableSurvey>;
  readonly #facts: RepairFacts;
  readonly #repair: RepairSurvey | null;

  private constructor(facts: RepairFacts, repair: RepairSurvey | null) {
    this.#facts = facts;
    this.#repair = repair;
    this.direction = repair === null ? 'repair' : 'undo';
    this.order = orderTables(facts.pairs, facts.catalog);
    this.tables = new Map(
      facts.pairs.flatMap((pair) => {
        const name = qualifiedName(pair.target);
        const table = facts.catalog.tables.find((each) => each.name === name);
        if (table === undefined) return [];
        return [[name, emptySurvey({ pair, table, catalog: facts.catalog, order: this.order })]];
      }),
    );
  }

  /** Surveys a repair, or the undo of the given repair, which concerns only rows that the repair changes. */
  static async take(facts: RepairFacts, repair: RepairSurvey | null): Promise<RepairSurvey> {
    const survey = new RepairSurvey(facts, repair);
    for (const name of survey.order.parentsFirst) await survey.#surveyTable(name);
    return survey;
  }

  /** How many rows are left alone. */
  get skipped(): number {
    return [...this.tables.values()].reduce((sum, { counts }) => sum + counts.skipped, 0);
  }

  /** How many rows are written. */
  get written(): number {
    return [...this.tables.values()].reduce(
      (sum, { counts }) => sum + counts.insert + counts.update + counts.delete,
      0,
    );
  }

  /** The rows of a table that are written, or those that are left alone. */
  async *rows(name: string): AsyncGenerator<SurveyedRow> {
    const survey = this.tables.get(name);
    if (survey === undefined) return;
    const repaired = this.#repair?.rows(name);
    let number = -1;
    for await (const difference of this.#facts.read(name)) {
      number++;
      const twin = await repaired?.next();
      if (twin !== undefined && (twin.done === true || twin.value.obstacle !== null)) continue;
      const change = toRowChange(difference, survey.pair, this.direction);
      const obstacle =
        survey.held.get(number) ??
        findObstacle(change, survey) ??
        findMissingParent(change, survey, this.tables);
      yield { number, change, obstacle };
    }
  }

  async #surveyTable(name: string): Promise<void> {
    const survey = this.tables.get(name);
    if (survey === undefined) return;
    await this.#noteAbsentRows(name, survey);
    const levelled = this.order.levelled.get(name) ?? [];
    if (levelled.length > 0) await this.#levelRows(name, survey, levelled);
    for await (const { change, obstacle } of this.rows(name)) countRow(survey, change, obstacle);
    await this.#orderUnparkable(name, survey);
  }

  /** A table that refers to itself is read until no further row falls out with its parent. */
  async #noteAbsentRows(name: string, survey: TableSurvey): Promise<void> {
    const incoming = this.#facts.catalog.foreignKeys.filter((key) => key.referencedTable === name);
    if (incoming.length === 0) return;
    const isSelf = incoming.some((key) => key.table === name);
    for (let grown = true; grown; ) {
      grown = false;
      for await (const { change, obstacle } of this.rows(name)) {
        if (obstacle === null || change.kind !== 'insert') continue;
        for (const { referencedColumns } of incoming) {
          const tuple = tupleOf(referencedColumns, change, survey);
          const known = absentRows(survey, referencedColumns);
          if (tuple === null || known.has(tuple)) continue;
          known.add(tuple);
          grown = isSelf;
        }
      }
    }
  }

  /** Gives each row the round in which it can be inserted (deleted: the reverse), parents first. */
  async #levelRows(name: string, survey: TableSurvey, keys: readonly ForeignKey[]): Promise<void> {
    for (const [kind, side] of [
      ['insert', 'after'],
      ['delete', 'before'],
    ] as const) {
      const waiting = new Map<number, { own: Set<string>; parents: string[] }>();
      for await (const { number, change, obstacle } of this.rows(name)) {
        if (obstacle !== null || change.kind !== kind) continue;
        const names = (columns: (key: ForeignKey) => readonly string[]): string[] =>
          keys.flatMap((key) => {
            const tuple = tupleOf(columns(key), change, survey, side);
            return tuple === null ? [] : [`${key.name} ${tuple}`];
          });
        const own = new Set(names((key) => key.referencedColumns));
        const parents = names((key) => key.columns).filter((parent) => !own.has(parent));
        waiting.set(number, { own, parents });
      }
      assignLevels(waiting, survey);
    }
  }

  /**
   * Orders the updates of unique values that cannot be put aside: each goes once the value that it takes is free. What
   * is left is a ring, which nothing can open.
   */
  async #orderUnparkable(name: string, survey: TableSurvey): Promise<void> {
    for (const rule of survey.table.uniques.filter((each) => (survey.takers.get(each.name) ?? 0) > 1)) {
      const holders = new Map<number, { before: string; after: string | null }>();
      for await (const { number, change, obstacle } of this.rows(name)) {
        if (obstacle !== null || change.kind !== 'update' || !takes(change, rule)) continue;
        if (findParking({ change, rule, survey, number, seed: 0n }) !== null) continue;
        const before = tupleOf(rule.columns, change, survey, 'before');
        if (before !== null) holders.set(number, { before, after: tupleOf(rule.columns, change, survey) });
      }
      const held = new Set([...holders.values()].map(({ before }) => before));
      for (let round = 0, moved = true; moved; round++) {
        const free = [...holders].filter(([, { after }]) => after === null || !held.has(after));
        for (const [number, { before }] of free) {
          survey.early.set(number, round);
          held.delete(before);
          holders.delete(number);
        }
        moved = free.length > 0;
      }
      if (holders.size > 0) await this.#holdTakers(name, survey, { rule, kept: held });
    }
  }

  async #holdTakers(
    name: string,
    survey: TableSurvey,
    { rule, kept }: { rule: UniqueRule; kept: ReadonlySet<string> },
  ): Promise<void> {
    for await (const { number, change, obstacle } of this.rows(name)) {
      if (obstacle !== null || change.kind === 'delete' || !takes(change, rule)) continue;
      const tuple = tupleOf(rule.columns, change, survey);
      if (tuple === null || !kept.has(tuple)) continue;
      survey.held.set(number, `another row still has its value of unique key ${rule.name}`);
      survey.counts[change.kind]--;
      survey.counts.skipped++;
    }
  }
}

function emptySurvey(repaired: RepairedTable): TableSurvey {
  return {
    ...repaired,
    counts: { insert: 0, update: 0, delete: 0, skipped: 0 },
    updatedColumns: new Set(),
    takers: new Map(),
    absent: new Map(),
    levels: new Map(),
    early: new Map(),
    held: new Map(),
  };
}

function absentRows({ absent }: TableSurvey, columns: readonly string[]): Set<string> {
  const name = JSON.stringify(columns);
  const known = absent.get(name) ?? new Set();
  absent.set(name, known);
  return known;
}

/** A row whose parent cannot be written would be refused, and the whole transaction with it. */
function findMissingParent(
  change: RowChange,
  survey: TableSurvey,
  tables: ReadonlyMap<string, TableSurvey>,
): string | null {
  if (change.kind === 'delete') return null;
  for (const key of survey.table.foreignKeys) {
    const absent = tables.get(key.referencedTable)?.absent.get(JSON.stringify(key.referencedColumns));
    if (absent === undefined || absent.size === 0) continue;
    const tuple = tupleOf(key.columns, change, survey);
    if (tuple !== null && absent.has(tuple)) {
      return `the row of ${key.referencedTable} that it refers to cannot be repaired`;
    }
  }
  return null;
}

function countRow(survey: TableSurvey, change: RowChange, obstacle: string | null): void {
  if (obstacle !== null) {
    survey.counts.skipped++;
    return;
  }
  survey.counts[change.kind]++;
  if (change.kind === 'update') {
    for (const { to } of writtenValues(change.after)) survey.updatedColumns.add(to.name);
  }
  for (const rule of survey.table.uniques.filter((each) => takes(change, each))) {
    survey.takers.set(rule.name, (survey.takers.get(rule.name) ?? 0) + 1);
  }
}

/** Whether the row will have a value of a unique rule that it did not have. */
export function takes(change: RowChange, rule: UniqueRule): boolean {
  if (change.kind === 'insert') return true;
  return change.kind === 'update' && change.after.some(({ to }) => rule.columns.includes(to.name));
}

function assignLevels(
  waiting: Map<number, { readonly own: ReadonlySet<string>; readonly parents: readonly string[] }>,
  { levels, held }: TableSurvey,
): void {
  const pending = new Set([...waiting.values()].flatMap(({ own }) => [...own]));
  for (let level = 0; waiting.size > 0; level++) {
    const free = [...waiting].filter(([, row]) => !row.parents.some((parent) => pending.has(parent)));
    if (free.length === 0) break;
    for (const [number, { own }] of free) {
      levels.set(number, level);
      for (const name of own) pending.delete(name);
      waiting.delete(number);
    }
  }
  for (const number of waiting.keys()) held.set(number, 'it is in a circle of rows that refer to each other');
}
