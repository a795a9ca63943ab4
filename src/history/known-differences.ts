import type { BaselineResult } from '../core/baseline.js';
import { countRows, type RowDifference } from '../core/difference.js';
import { type Finding, hasEffect } from '../core/finding.js';
import type { RunResult } from '../core/result.js';
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
  #known = 0;
  #new = 0;

  constructor({ baseline, digester, failsOnNew }: Comparing) {
    this.#baseline = baseline;
    this.#digester = digester;
    this.#failsOnNew = failsOnNew;
    const tables = Object.entries(baseline?.tables ?? {});
    this.#rows = new Map(tables.map(([table, hashes]) => [table, new Set(hashes)]));
  }

  /** Takes in a differing row; one that is waived is neither known nor new. */
  add(table: string, row: RowDifference): void {
    if (row.waived !== undefined) return;
    const known = this.#rows.get(table);
    const isKnown = known?.has(this.#digester.digest(table, row).state) === true;
    if (isKnown) this.#known += countRows(row);
    else this.#new += countRows(row);
  }

  finish(result: RunResult): BaselineResult {
    const known = new Set(this.#baseline?.schema);
    const fresh = listSchemaDifferences(result, this.#digester).filter((hash) => !known.has(hash)).length;
    const { acceptedAt = null } = this.#baseline ?? {};
    return { acceptedAt, known: this.#known, new: this.#new + fresh, failsOnNew: this.#failsOnNew };
  }
}

/** Hashes of what differs and is no row, such as a table or a column without a partner. */
export function listSchemaDifferences({ tables, findings }: RunResult, digester: RowDigester): string[] {
  return [...tables.flatMap((table) => table.findings), ...findings]
    .filter((finding) => hasEffect([finding], 'different'))
    .map((finding) => digester.text(encodeFinding(finding)));
}

function encodeFinding({ code, about, message }: Finding): string {
  const { table, side, columns, detail } = about ?? {};
  return JSON.stringify(about === undefined ? [code, message] : [code, table, side, columns, detail]);
}
