import type { Diagnosis, DiagnosisExample } from './diagnosis.js';
import type { RowDifference, Value } from './difference.js';
import type { HiddenParts } from './result.js';

/** A table as its rows are told. Names are the target's. */
export interface ToldTable {
  /** `schema.table`. */
  readonly name: string;
  readonly key: readonly string[];
  /** Columns whose values may be shown although others are hidden. */
  readonly shown: ReadonlySet<string>;
}

/** One value of a row, and what tells the row apart. */
export interface KeyedValue {
  readonly table: string;
  readonly column: string;
  /** All values of the row's key, in its order. */
  readonly key: readonly Value[];
  /** The value itself, where it is another than that of the key. */
  readonly other: Value | undefined;
}

/** Makes the pseudonym that stands for a value of a key. */
export type HashKey = (value: KeyedValue) => string;

interface DisclosureRules {
  readonly hidesValues: boolean;
  /** Null where keys are shown. */
  readonly hashKey: HashKey | null;
}

/**
 * What may be shown of differing rows, decided once. Every row that leaves a run (in its result, its events, its files) has
 * gone through here, so that nobody behind it needs to know what is hidden.
 */
export class Disclosure {
  readonly hidesValues: boolean;
  readonly #hashKey: HashKey | null;

  constructor({ hidesValues, hashKey }: DisclosureRules) {
    this.hidesValues = hidesValues;
    this.#hashKey = hashKey;
  }

  /** Whether a key may stand in a sentence: a range of pseudonyms would say nothing. */
  get showsKeys(): boolean {
    return this.#hashKey === null;
  }

  /** Whether nothing of a row is hidden. */
  get showsAll(): boolean {
    return this.showsKeys && !this.hidesValues;
  }

  /** What a result says of what is hidden; null where nothing is. */
  describe(shownColumns: readonly string[]): HiddenParts | null {
    if (this.showsAll) return null;
    return {
      values: this.hidesValues ? 'hidden' : 'shown',
      keys: this.showsKeys ? 'shown' : 'hashed',
      shownColumns,
    };
  }

  /** A row as it may be told. Values that are hidden are left out; a side of which nothing is left is null. */
  row(table: ToldTable, row: RowDifference): RowDifference {
    if (this.showsAll) return row;
    const side = (values: RowDifference['source']) => this.#tellSide(table, row, values);
    return {
      ...row,
      key: this.#tellKey(table, row.key),
      source: side(row.source),
      target: side(row.target),
    };
  }

  /** Diagnoses as they may be told: an example whose values are hidden is left out. */
  diagnoses(table: ToldTable, diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
    if (this.showsAll) return diagnoses;
    return diagnoses.map((each) => ({
      ...each,
      evidence: {
        ...each.evidence,
        examples: each.evidence.examples
          .filter(({ column }) => this.#shows(table, column))
          .map((example) => this.#tellExample(table, example)),
      },
    }));
  }

  #shows(table: ToldTable, column: string): boolean {
    return !this.hidesValues || table.shown.has(column);
  }

  #tellKey(table: ToldTable, key: RowDifference['key']): RowDifference['key'] {
    const hash = this.#hashKey;
    if (key === null || hash === null) return key;
    const parts = partsOf(table, key);
    return mapValues(key, (column) => hash({ table: table.name, column, key: parts, other: undefined }));
  }

  #tellSide(
    table: ToldTable,
    { key }: RowDifference,
    values: RowDifference['source'],
  ): RowDifference['source'] {
    if (values === null) return null;
    const told = Object.entries(values).filter(([column]) => this.#shows(table, column));
    if (told.length === 0) return null;
    return mapValues(ownValues(told), (column, value) => this.#tellValue(table, key, { column, value }));
  }

  #tellExample(table: ToldTable, example: DiagnosisExample): DiagnosisExample {
    const { key, column } = example;
    const tell = (value: Value): Value => this.#tellValue(table, key, { column, value });
    return {
      ...example,
      key: this.#tellKey(table, key),
      source: tell(example.source),
      target: tell(example.target),
    };
  }

  /** Columns of the key hold what the key hides. One whose value is another on this side has another pseudonym. */
  #tellValue(
    table: ToldTable,
    key: RowDifference['key'],
    { column, value }: { readonly column: string; readonly value: Value },
  ): Value {
    const hash = this.#hashKey;
    if (hash === null || !table.key.includes(column)) return value;
    const own = key !== null && Object.hasOwn(key, column) ? key[column] : undefined;
    const isOwn = own !== undefined && JSON.stringify(own) === JSON.stringify(value);
    const parts = key === null ? [] : partsOf(table, key);
    return hash({ table: table.name, column, key: parts, other: isOwn ? undefined : value });
  }
}

/** Tells no value of any row, as `--hide-values` does. */
export const HIDE_VALUES = new Disclosure({ hidesValues: true, hashKey: null });

function partsOf({ key: names }: ToldTable, key: Readonly<Record<string, Value>>): Value[] {
  const all = names.length > 0 ? names : Object.keys(key);
  return all.map((name) => (Object.hasOwn(key, name) ? (key[name] ?? null) : null));
}

type Values = Readonly<Record<string, Value>>;

/** Without a prototype's setters: a column may be called `__proto__`. */
function ownValues(entries: readonly (readonly [string, Value])[]): Values {
  return Object.fromEntries(entries);
}

function mapValues(values: Values, change: (column: string, value: Value) => Value): Values {
  return ownValues(Object.entries(values).map(([column, value]) => [column, change(column, value)]));
}
