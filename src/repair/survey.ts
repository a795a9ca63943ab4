import type { RowDifference } from '../core/difference.js';
import { qualifiedName, type TablePair } from '../core/pairing.js';
import type { ForeignKey, RepairCatalog } from '../engines/repair.js';
import { type Ask, type Examination, emptyExamination, examineTable, type Wait } from './examine.js';
import { findKeptParents } from './kept-parents.js';
import { findObstacle, tupleOf } from './obstacle.js';
import { orderTakers } from './order-takers.js';
import type { TableSize } from './repaired-table.js';
import type { RepairDirection } from './row-change.js';
import { RowSurveyor } from './row-surveyor.js';
import { orderTables, type TableOrder } from './table-order.js';
import {
  absentRows,
  assignLevels,
  emptySurvey,
  findMissingParent,
  type SurveyedRow,
  type TableSurvey,
} from './table-survey.js';

/** What a repair is made of: the tables that were compared, the target's catalog, and every differing row. */
export interface RepairFacts {
  readonly pairs: readonly TablePair[];
  readonly catalog: RepairCatalog;
  /** Reads the differing rows of a table of the target, several at a time, each time in the same order. */
  readonly read: (table: string) => AsyncIterable<readonly RowDifference[]>;
  /** How many rows each table has, by its name on the target. */
  readonly sizes: ReadonlyMap<string, TableSize>;
  /** What the target said of the rows, by the name of its table. */
  readonly examinations: ReadonlyMap<string, Examination>;
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
  #defers = false;
  /** Whether every table was looked through, so that what is left alone is known. */
  #isTaken = false;

  /** Of a repair, or of the undo of the given one, which concerns only rows that the repair changes. */
  constructor(facts: RepairFacts, repair: RepairSurvey | null) {
    this.#facts = facts;
    this.#repair = repair;
    this.direction = repair === null ? 'repair' : 'undo';
    this.order = orderTables(facts.pairs, facts.catalog);
    this.tables = new Map(
      facts.pairs.flatMap((pair) => {
        const name = qualifiedName(pair.target);
        const table = facts.catalog.tables.find((each) => each.name === name);
        if (table === undefined) return [];
        const { catalog, sizes } = facts;
        const size = sizes.get(name) ?? { rows: 0, copies: 0 };
        const { order } = this;
        return [[name, emptySurvey({ pair, table, catalog, order, isUndo: repair !== null, size })]];
      }),
    );
  }

  /** Asks the target what it would refuse, table by table, before the survey proper. */
  static async examine(
    facts: Omit<RepairFacts, 'examinations'>,
    { ask, hidden }: { readonly ask: Ask; readonly hidden: ReadonlyMap<string, ReadonlyMap<number, string>> },
  ): Promise<ReadonlyMap<string, Examination>> {
    const examinations = new Map<string, Examination>();
    const survey = new RepairSurvey({ ...facts, examinations }, null);
    for (const name of survey.order.parentsFirst) {
      const repaired = survey.tables.get(name);
      if (repaired === undefined) continue;
      examinations.set(name, { ...emptyExamination(), refused: new Map(hidden.get(name) ?? []) });
      const rows = () => survey.#writableRows(name);
      const found = await examineTable({ repaired, ask, rows });
      for (const [number, reason] of hidden.get(name) ?? []) found.refused.set(number, reason);
      examinations.set(name, found);
      await survey.#refuseOrphans(found);
    }
    for (const name of [...survey.order.parentsFirst].reverse()) await survey.#keepParents(name, ask);
    return examinations;
  }

  async *#writableRows(name: string): AsyncGenerator<SurveyedRow> {
    for await (const row of this.rows(name)) if (row.obstacle === null) yield row;
  }

  /** A parent that is on neither side keeps its children from being written. */
  async #refuseOrphans({ orphans, refused }: Examination): Promise<void> {
    const brought = new Map<string, Set<string>>();
    for (const { number, key, parent } of orphans) {
      const place = JSON.stringify([key.referencedTable, key.referencedColumns]);
      const known = brought.get(place) ?? (await this.#readInserted(key));
      brought.set(place, known);
      if (parent !== null && known.has(parent)) continue;
      if (!refused.has(number))
        refused.set(number, `the row of ${key.referencedTable} that it refers to is not there`);
    }
  }

  /** Children come first: one that stays keeps its parent. Rows of one table that refer to each other fall out in turn. */
  async #keepParents(name: string, ask: Ask): Promise<void> {
    const parent = this.tables.get(name);
    const refused = this.#facts.examinations.get(name)?.refused;
    if (parent === undefined || refused === undefined) return;
    const isSelf = parent.table.foreignKeys.some((key) => key.referencedTable === name);
    const rows = (table: string) => this.#writableRows(table);
    for (let grown = true; grown; ) {
      const kept = await findKeptParents({ parent, ask, rows, tableOf: (each) => this.tables.get(each) });
      for (const [number, reason] of kept) refused.set(number, reason);
      grown = isSelf && kept.size > 0;
    }
  }

  async #readInserted({ referencedTable, referencedColumns }: ForeignKey): Promise<Set<string>> {
    const found = new Set<string>();
    const survey = this.tables.get(referencedTable);
    if (survey === undefined) return found;
    for await (const { change } of this.rows(referencedTable)) {
      const tuple = change.kind === 'insert' ? tupleOf(referencedColumns, change, survey) : null;
      if (tuple !== null) found.add(tuple);
    }
    return found;
  }

  /** Whether rows must be written in one transaction, so that nobody sees what is put aside, or a check comes last. */
  get needsOneTransaction(): boolean {
    const parks = [...this.tables.values()].some(({ parked }) => parked.size > 0);
    return parks || this.#defers || this.order.needsOneTransaction;
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
    for await (const rows of this.batches(name)) yield* rows;
  }

  /** The same rows, as many at a time as were read at once: waiting for each costs as much as looking at it. */
  async *batches(name: string): AsyncGenerator<readonly SurveyedRow[]> {
    const surveyor = this.surveyorOf(name);
    if (surveyor === null) return;
    for await (const differences of this.#facts.read(name)) yield surveyor.survey(differences);
  }

  /** Says that the rows of all tables were counted. */
  finish(): void {
    this.#isTaken = true;
  }

  /** Who surveys the rows of a table, from its first one; null for a table of which nothing is written. */
  surveyorOf(name: string): RowSurveyor | null {
    const survey = this.tables.get(name);
    if (survey === undefined) return null;
    const repair = this.#repair;
    return new RowSurveyor({
      pair: survey.pair,
      direction: this.direction,
      repair: repair === null || repair.#leavesNothing(name) ? null : repair.surveyorOf(name),
      findObstacle: this.#leavesNothing(name) ? null : (row) => this.#findObstacle(row, survey),
    });
  }

  /** Whether each row of a table, and of those that it refers to, is known to be written: then nobody asks again what is in its way. */
  #leavesNothing(name: string): boolean {
    const survey = this.tables.get(name);
    if (!this.#isTaken || survey === undefined) return false;
    const parents = survey.table.foreignKeys.map((key) => this.tables.get(key.referencedTable));
    return [survey, ...parents].every((each) => each === undefined || each.counts.skipped === 0);
  }

  #findObstacle({ number, change }: Omit<SurveyedRow, 'obstacle'>, survey: TableSurvey): string | null {
    const refused =
      this.#repair === null ? this.#facts.examinations.get(survey.table.name)?.refused : undefined;
    const unseen = this.direction === 'repair' && change.kind === 'delete' ? survey.table.unseen : null;
    const last = number + (change.copy?.of ?? 1);
    const first = (reasons: ReadonlyMap<number, string> | undefined): string | undefined => {
      if (reasons === undefined || reasons.size === 0) return undefined;
      for (let each = number; each < last; each++) if (reasons.has(each)) return reasons.get(each);
      return undefined;
    };
    return (
      first(survey.held) ??
      findObstacle(change, survey) ??
      unseen?.reason ??
      first(refused) ??
      findMissingParent(change, survey, this.tables)
    );
  }

  /** Finds out what must be known of a table before its rows can be counted. */
  async prepareTable(name: string): Promise<void> {
    const survey = this.tables.get(name);
    if (survey === undefined) return;
    for (const column of this.#facts.examinations.get(name)?.spares ?? []) survey.spares.add(column);
    const waits = this.#waitsOf(name, survey);
    if (waits.length > 0) await orderTakers({ survey, waits, rows: () => this.rows(name) });
    await this.#noteAbsentRows(name, survey);
    const levelled = this.order.levelled.get(name) ?? [];
    if (levelled.length > 0) await this.#levelRows(name, survey, levelled);
  }

  /** An undo takes values back in the opposite order. What the server checks at the end needs none. */
  #waitsOf(name: string, { table }: TableSurvey): readonly Wait[] {
    const deferrable = new Set(table.uniques.filter((rule) => rule.deferrable).map((rule) => rule.name));
    const waits = this.#facts.examinations.get(name)?.waits ?? [];
    const own = waits.filter(({ rule }) => !deferrable.has(rule));
    if (own.length < waits.length) this.#defers = true;
    if (this.direction === 'repair') return own;
    return own.map(({ rule, waiter, holder }) => ({ rule, waiter: holder, holder: waiter }));
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
}
