import { countRows, type RowDifference } from '../../../core/difference.js';
import type { TableResult } from '../../../core/result.js';
import type { Html } from '../html-text.js';
import { formatRow } from './difference-row.js';
import { KeyHistogram, type KindCounts } from './key-histogram.js';
import { chooseScale, type KeyScale } from './key-scale.js';
import { type Choice, RowChooser } from './row-choice.js';

/** A row that is shown. */
export interface ShownRow {
  /** Its place among all differing rows of the table. */
  readonly at: number;
  readonly choice: Choice;
  readonly markup: Html;
}

/** Where on a scale the rows of a table differ. */
export interface KeyMap {
  readonly scale: KeyScale;
  readonly histogram: KeyHistogram;
  /** Differing rows whose key is not on the scale. */
  readonly offScale: number;
}

/** What an HTML report keeps of the differing rows of a table. */
export interface TableRows {
  /** How many were looked at. */
  readonly counts: Readonly<KindCounts>;
  readonly shown: readonly ShownRow[];
  /** Null where keys are text, or where there is no key. */
  readonly map: KeyMap | null;
}

/** Takes the differing rows of a table one by one, and keeps a sample of them and the map of their keys. */
export class TableRowsTaker {
  readonly #table: TableResult;
  readonly #chooser: RowChooser;
  readonly #counts: KindCounts = { missing: 0, extra: 0, changed: 0 };
  readonly #histogram = new KeyHistogram();
  #scale: KeyScale | null | undefined;
  #shown: readonly ShownRow[] = [];
  #seen = 0;
  #offScale = 0;

  constructor(table: TableResult) {
    this.#table = table;
    // A result that an earlier version saved has no diagnoses.
    this.#chooser = new RowChooser(table.diagnoses ?? []);
  }

  add(row: RowDifference): void {
    const at = this.#seen++;
    const rows = countRows(row);
    this.#counts[row.kind] += rows;
    this.#place(row, rows);
    const choice = this.#chooser.choose(row);
    if (choice === null) return;
    const causes = this.#chooser.causesOf(row);
    const markup = formatRow({ row, key: this.#table.key, causes });
    this.#shown = this.#chooser.thin([...this.#shown, { at, choice, markup }]);
  }

  finish(): TableRows {
    const scale = this.#scale ?? null;
    const map = scale === null ? null : { scale, histogram: this.#histogram, offScale: this.#offScale };
    return { counts: this.#counts, shown: this.#shown, map };
  }

  /** The first column of the key orders its rows, whatever follows it. */
  #place({ key, kind }: RowDifference, rows: number): void {
    const [first = ''] = this.#table.key;
    const value = key !== null && Object.hasOwn(key, first) ? (key[first] ?? null) : null;
    if (this.#scale === undefined) this.#scale = chooseScale(value);
    const place = this.#scale?.place(value) ?? null;
    if (place === null) this.#offScale += rows;
    else this.#histogram.add(place, kind, rows);
  }
}
