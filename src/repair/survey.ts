import type { RowDifference } from '../core/difference.js';
import { qualifiedName, type TablePair } from '../core/pairing.js';
import type { ForeignKey, RepairCatalog, UniqueRule } from '../engines/repair.js';
import { findObstacle, tupleOf } from './obstacle.js';
import { findParking } from './parking.js';
import { type RepairDirection, type RowChange, toRowChange } from './row-change.js';
import { orderTables, type TableOrder } from './table-order.js';
import {
  absentRows,
  assignLevels,
  countRow,
  emptySurvey,
  findMissingParent,
  type TableSurvey,
  takes,
} from './table-survey.js';

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
    try {
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
    } finally {
      await repaired?.return(undefined);
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
    for (const rule of survey.table.uniques) {
      const isUpdated = rule.columns.some((column) => survey.updatedColumns.has(column));
      if (!isUpdated || (survey.takers.get(rule.name) ?? 0) < 2) continue;
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
