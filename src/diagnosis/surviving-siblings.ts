import { textTypeOf } from '../core/canonical-type.js';
import type { Diagnosis } from '../core/diagnosis.js';
import type { RowDifference } from '../core/difference.js';
import { foldText } from '../core/encoding/key-fold.js';
import type { ColumnPair, TablePair } from '../core/pairing.js';
import { formatCounted } from '../words/number-text.js';

/** Missing rows that are looked up; they are the first. */
const MOST_ROWS = 250;
const MOST_CHARACTERS = 200;

/** Reads those of the target's values of a column that its own collation holds equal to one of the given ones. */
export type ReadEqualValues = (column: ColumnPair, values: readonly string[]) => Promise<readonly string[]>;

/**
 * Finds out whether missing rows could not be written because the target has a row that is equal to them in a unique
 * key as the target's collation sees it (`google` and `Google`). That row is equal on both sides, so it is in no
 * difference; it is looked up through the index that kept the other one out.
 */
export class SurvivingSiblings {
  readonly #columns: readonly ColumnPair[];
  readonly #rows: RowDifference[] = [];
  #missing = 0;

  constructor(pair: TablePair) {
    const candidates = [...pair.key, ...pair.columns];
    this.#columns = pair.target.keys.flatMap(({ columns: [name, ...others] }) => {
      const column = candidates.find(({ target }) => target.name === name);
      const isText = column !== undefined && textTypeOf(column.target.type) !== null;
      return isText && others.length === 0 ? [column] : [];
    });
  }

  add(difference: RowDifference): void {
    if (difference.kind !== 'missing') return;
    this.#missing++;
    if (this.#columns.length === 0 || this.#rows.length === MOST_ROWS) return;
    const source = Object.fromEntries(
      this.#columns.map(({ target }) => [target.name, difference.source?.[target.name] ?? null]),
    );
    this.#rows.push({ ...difference, source });
  }

  async diagnose(readEqualValues: ReadEqualValues): Promise<Diagnosis[]> {
    const found: Diagnosis[] = [];
    if (this.#rows.length === 0) return found;
    for (const column of this.#columns) {
      const values = this.#rows.map((row) => textIn(row, column)).filter((value) => value !== null);
      if (values.length === 0) continue;
      const siblings = new Map<string, string[]>();
      for (const value of await readEqualValues(column, values)) {
        siblings.set(foldText(value), [...(siblings.get(foldText(value)) ?? []), value]);
      }
      const diagnosis = this.#diagnoseColumn(column, siblings);
      if (diagnosis !== null) found.push(diagnosis);
    }
    return found;
  }

  #diagnoseColumn(column: ColumnPair, siblings: ReadonlyMap<string, readonly string[]>): Diagnosis | null {
    const lost = this.#rows.flatMap((row) => {
      const value = textIn(row, column);
      const survivor =
        value === null ? undefined : siblings.get(foldText(value))?.find((each) => each !== value);
      return survivor === undefined ? [] : [{ key: row.key, source: value, target: survivor }];
    });
    if (lost.length * 2 <= this.#rows.length) return null;
    const name = column.target.name;
    const detail =
      this.#rows.length === this.#missing
        ? ''
        : `of the first ${formatCounted(this.#rows.length, 'missing row')} that ${this.#rows.length === 1 ? 'was' : 'were'} looked up`;
    return {
      cause: 'sibling-survived',
      confidence: lost.length === this.#missing ? 'proved' : 'likely',
      columns: [name],
      rows: lost.length,
      evidence: {
        detail,
        of: this.#missing,
        examples: lost.slice(0, 3).map((each) => ({ ...each, column: name })),
      },
    };
  }
}

function textIn({ source }: RowDifference, { target }: ColumnPair): string | null {
  const value = source?.[target.name] ?? null;
  return typeof value === 'string' && value.length <= MOST_CHARACTERS ? value : null;
}
