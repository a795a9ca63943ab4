import type { Diagnosis } from '../core/diagnosis.js';
import { countRows, type RowDifference } from '../core/difference.js';
import { qualifiedName } from '../core/pairing.js';
import type { WaiverUse } from '../core/waiver.js';
import type { AccountedColumns } from '../diagnosis/accounted-columns.js';
import type { TableState } from '../state/table-state.js';
import { type CauseWaiver, markOf, type Waiver } from '../waivers/waiver.js';
import type { WaiverBook } from '../waivers/waiver-book.js';

interface Waiving {
  readonly book: WaiverBook;
  readonly tables: readonly TableState[];
  readonly diagnoses: ReadonlyMap<TableState, readonly Diagnosis[]>;
  /** Reads the differing rows of a table, several at a time, each time in the same order. */
  readonly read: (table: TableState) => AsyncIterable<readonly RowDifference[]>;
}

/** What is forgiven of one table: finds the entry of each row, as often as rows are read. */
interface TableWaivers {
  readonly find: (row: RowDifference) => Waiver | null;
  /** Rows that are waived, by the entry that waives them. */
  readonly rows: ReadonlyMap<Waiver, number>;
}

/** Which differing rows of a run are waived. Nothing is kept of rows but their number, however many there are. */
export class WaivedRows {
  readonly #tables: ReadonlyMap<string, TableWaivers>;
  /** Entries of causes that showed in more rows than were accepted, with the number of those. */
  readonly exceeded: ReadonlyMap<CauseWaiver, number>;

  constructor(tables: ReadonlyMap<string, TableWaivers>, exceeded: ReadonlyMap<CauseWaiver, number>) {
    this.#tables = tables;
    this.exceeded = exceeded;
  }

  /** How many rows of a table, by its name on the target, are waived. */
  countOf(table: string): number {
    return [...(this.#tables.get(table)?.rows.values() ?? [])].reduce((sum, rows) => sum + rows, 0);
  }

  /** The entries that waive rows. */
  get used(): ReadonlySet<Waiver> {
    return new Set([...this.#tables.values()].flatMap(({ rows }) => [...rows.keys()]));
  }

  /** What was forgiven, rows that somebody accepted for one reason together. */
  get uses(): WaiverUse[] {
    const uses = new Map<string, WaiverUse>();
    for (const { rows } of this.#tables.values()) {
      for (const [entry, count] of rows) {
        const { kind, table } = entry;
        const cause = kind === 'cause' ? { cause: { column: entry.column, code: entry.code } } : {};
        const use = { table, ...cause, ...markOf(entry) };
        const name = JSON.stringify(use);
        uses.set(name, { ...use, rows: (uses.get(name)?.rows ?? 0) + count });
      }
    }
    return [...uses.values()];
  }

  /** The row, with the mark of who accepted it where somebody did. */
  markRow(table: string, row: RowDifference): RowDifference {
    const entry = this.#tables.get(table)?.find(row) ?? null;
    return entry === null ? row : { ...row, waived: markOf(entry) };
  }

  /** The rows of a table with their marks, several at a time. */
  markBatches(
    table: string,
    batches: AsyncIterable<readonly RowDifference[]>,
  ): AsyncIterable<readonly RowDifference[]> {
    return this.#tables.has(table) ? this.#markedBatches(table, batches) : batches;
  }

  async *#markedBatches(
    table: string,
    batches: AsyncIterable<readonly RowDifference[]>,
  ): AsyncGenerator<readonly RowDifference[]> {
    for await (const rows of batches) yield rows.map((row) => this.markRow(table, row));
  }
}

/**
 * Finds out what of a run's differences was accepted, once the rows are known and explained: a waiver of a cause needs the
 * cause to be proved, and the number of rows that show it.
 */
export async function waiveRows({ book, tables, diagnoses, read }: Waiving): Promise<WaivedRows> {
  const found = new Map<string, TableWaivers>();
  const exceeded = new Map<CauseWaiver, number>();
  for (const table of tables) {
    const { pair } = table.planned;
    const name = pair === null ? '' : qualifiedName(pair.target);
    if (pair === null || table.differences === 0 || !book.concerns(name)) continue;
    const proved = pairCauses(book.causesOf(name), diagnoses.get(table) ?? []);
    // Loaded late: most runs have nothing to waive.
    const { AccountedColumns: Accounted } = await import('../diagnosis/accounted-columns.js');
    const accounted = new Accounted([...pair.key, ...pair.columns], [...proved.keys()]);
    const matcher = { book, name, proved, accounted, exceeded };
    let counted = await countRowsOf(matcher, read(table));
    const tooMany = [...counted.reached].filter(([entry, rows]) => rows > entry.maxRows);
    for (const [entry, rows] of tooMany) exceeded.set(entry, rows);
    if (tooMany.length > 0) counted = await countRowsOf(matcher, read(table));
    const find = (row: RowDifference) => findEntry(matcher, row).entry;
    if (counted.waived.size > 0) found.set(name, { find, rows: counted.waived });
  }
  return new WaivedRows(found, exceeded);
}

interface Matcher {
  readonly book: WaiverBook;
  readonly name: string;
  /** Diagnoses that are proved, with the entries that accept them. */
  readonly proved: ReadonlyMap<Diagnosis, readonly CauseWaiver[]>;
  readonly accounted: AccountedColumns;
  /** Entries that forgive nothing, because more rows show their cause than were accepted. */
  readonly exceeded: ReadonlyMap<CauseWaiver, number>;
}

function pairCauses(
  entries: readonly CauseWaiver[],
  diagnoses: readonly Diagnosis[],
): ReadonlyMap<Diagnosis, readonly CauseWaiver[]> {
  const pairs = new Map<Diagnosis, readonly CauseWaiver[]>();
  for (const diagnosis of diagnoses) {
    if (diagnosis.confidence !== 'proved') continue;
    const own = entries.filter((entry) => isAbout(entry, diagnosis));
    if (own.length > 0) pairs.set(diagnosis, own);
  }
  return pairs;
}

/** Whether an entry is about what a diagnosis says. */
export function isAbout(entry: CauseWaiver, { cause, columns, evidence }: Diagnosis): boolean {
  const isShared = entry.detail === null || entry.detail === evidence.detail;
  return entry.code === cause && columns.includes(entry.column) && isShared;
}

interface CountedRows {
  /** How many rows show each cause, also those that no entry waives as a whole. */
  readonly reached: ReadonlyMap<CauseWaiver, number>;
  readonly waived: ReadonlyMap<Waiver, number>;
}

async function countRowsOf(
  matcher: Matcher,
  rows: AsyncIterable<readonly RowDifference[]>,
): Promise<CountedRows> {
  const reached = new Map<CauseWaiver, number>();
  const waived = new Map<Waiver, number>();
  for await (const batch of rows) {
    for (const row of batch) {
      const { entry, shown } = findEntry(matcher, row);
      for (const each of shown) reached.set(each, (reached.get(each) ?? 0) + 1);
      if (entry !== null) waived.set(entry, (waived.get(entry) ?? 0) + countRows(row));
    }
  }
  return { reached, waived };
}

interface FoundEntry {
  readonly entry: Waiver | null;
  /** The entries whose cause the row shows, in one of its columns at least. */
  readonly shown: ReadonlySet<CauseWaiver>;
}

/** A row is waived for itself, or where a cause that was accepted accounts for every column in which it differs. */
function findEntry({ book, name, proved, accounted, exceeded }: Matcher, row: RowDifference): FoundEntry {
  const own = book.findRow(name, row);
  if (proved.size === 0 || row.kind !== 'changed') return { entry: own, shown: NONE };
  const columns = accounted.of(row).map(({ diagnoses }) => entriesOf(proved, diagnoses));
  const shown = new Set(columns.flat());
  const entries = columns.map((each) => each.find((entry) => !exceeded.has(entry)));
  const isWhole = columns.length === row.columns.length && !entries.includes(undefined);
  return { entry: own ?? (isWhole ? (entries[0] ?? null) : null), shown };
}

const NONE: ReadonlySet<CauseWaiver> = new Set();

function entriesOf(proved: Matcher['proved'], diagnoses: readonly Diagnosis[]): readonly CauseWaiver[] {
  return diagnoses.flatMap((diagnosis) => proved.get(diagnosis) ?? []);
}
