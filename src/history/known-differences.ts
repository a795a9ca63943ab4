import { countRows, type RowDifference } from '../core/difference.js';
import { type Finding, hasEffect } from '../core/finding.js';
import type { RunResult, TableResult } from '../core/result.js';
import type { RowDigester } from '../secrets/row-digest.js';
import type { Baseline } from './baseline.js';

interface Comparing {
  /** Null where none could be read: all is new. */
  readonly baseline: Baseline | null;
  readonly digester: RowDigester;
  readonly failsOnNew: boolean;
}

/** Holds the differences of a run against a baseline, one by one. A row that differs in another way than then is new. */
export class KnownDifferences {
  readonly #baseline: Baseline | null;
  readonly #digester: RowDigester;
  readonly #failsOnNew: boolean;
  readonly #rows: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #new = new Map<string, NewRows>();
  #known = 0;

  constructor({ baseline, digester, failsOnNew }: Comparing) {
    this.#baseline = baseline;
    this.#digester = digester;
    this.#failsOnNew = failsOnNew;
    const tables = Object.entries(baseline?.tables ?? {});
    this.#rows = new Map(tables.map(([table, hashes]) => [table, new Set(hashes)]));
  }

  /** Counts a differing row; one that is waived is neither known nor new. */
  add(table: string, row: RowDifference): void {
    if (row.waived !== undefined) return;
    if (!this.#isNew(table, row)) {
      this.#known += countRows(row);
      return;
    }
    const found = this.#new.get(table) ?? { count: 0, first: new Set() };
    found.count += countRows(row);
    if (row.key !== null && found.first.size < MOST_REMEMBERED) found.first.add(nameOf(row));
    this.#new.set(table, found);
  }

  /** The row, with its mark where it is new. */
  mark(table: string, row: RowDifference): RowDifference {
    return row.waived === undefined && this.#isNew(table, row) ? { ...row, new: true } : row;
  }

  /** The result with what is new, once all rows are counted. */
  judge(result: RunResult): RunResult {
    const tables = result.tables.map((table) => this.#judgeTable(table));
    const rows = [...this.#new.values()].reduce((sum, { count }) => sum + count, 0);
    const schema = findingsOf(result);
    const newSchema = this.#countNewFindings(schema);
    const known = this.#known + hashFindings(schema, this.#digester).length - newSchema;
    const { acceptedAt = null } = this.#baseline ?? {};
    const baseline = { acceptedAt, known, new: rows + newSchema, failsOnNew: this.#failsOnNew };
    return { ...result, tables, baseline };
  }

  #judgeTable(table: TableResult): TableResult {
    const { count, first } = this.#new.get(table.target ?? '') ?? { count: 0, first: new Set<string>() };
    const sample = table.sample.map(
      (row): RowDifference =>
        row.waived === undefined && row.key !== null && first.has(nameOf(row)) ? { ...row, new: true } : row,
    );
    return { ...table, new: count + this.#countNewFindings(table.findings), sample };
  }

  #isNew(table: string, row: RowDifference): boolean {
    return this.#rows.get(table)?.has(this.#digester.digest(table, row).state) !== true;
  }

  #countNewFindings(findings: readonly Finding[]): number {
    const known = new Set(this.#baseline?.schema);
    return hashFindings(findings, this.#digester).filter((hash) => !known.has(hash)).length;
  }
}

/** How many rows of a table are new, and what the first of them are called. */
interface NewRows {
  count: number;
  readonly first: Set<string>;
}

/** More than a result shows of a table. */
const MOST_REMEMBERED = 100;

/** Values may be hidden in the rows that a result shows, so that a row is found again by its key. */
function nameOf({ kind, key, columns }: RowDifference): string {
  return JSON.stringify([kind, key, columns]);
}

/** Hashes of what differs and is no row, such as a table or a column without a partner. */
export function listSchemaDifferences(result: RunResult, digester: RowDigester): string[] {
  return hashFindings(findingsOf(result), digester);
}

function findingsOf({ tables, findings }: RunResult): readonly Finding[] {
  return [...tables.flatMap((table) => table.findings), ...findings];
}

function hashFindings(findings: readonly Finding[], digester: RowDigester): string[] {
  return findings
    .filter((finding) => hasEffect([finding], 'different'))
    .map((finding) => digester.text(encodeFinding(finding)));
}

function encodeFinding({ code, about, message }: Finding): string {
  const { table, side, columns, detail } = about ?? {};
  return JSON.stringify(about === undefined ? [code, message] : [code, table, side, columns, detail]);
}
