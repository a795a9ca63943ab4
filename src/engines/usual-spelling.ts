import type { Column } from '../core/schema.js';
import type { RepairValue } from './repair.js';
import type { ReadUsual } from './usual-values.js';

/** How the usual values of a column are written: what each function gets is what `read` made of a value. */
export interface UsualSpelling {
  readonly read: ReadUsual;
  readonly literal: (text: string) => string;
  /** The condition that a row still has the value. */
  readonly guard: (text: string) => string;
  /** The condition by which an index finds the row with the value. */
  readonly key: (text: string) => string;
}

/** Chooses how a column writes the values of another one; null where none is usual. */
export type ChooseSpelling = (from: Column, to: Column) => UsualSpelling | null;

/**
 * Writes values that are what most values of their column are, by what was found out once for the column. Everything else
 * is null: it needs the whole way by its type and its limits, which would write these in the very same way.
 */
export class UsualWriter {
  readonly #choose: ChooseSpelling;
  readonly #known = new WeakMap<Column, WeakMap<Column, UsualSpelling | null>>();

  constructor(choose: ChooseSpelling) {
    this.#choose = choose;
  }

  /** Whether the column surely holds the value. */
  accepts({ value, from, to, refusal }: RepairValue): boolean {
    if (typeof value !== 'string' || refusal !== undefined) return false;
    return (this.#spellingOf(from, to)?.read(value) ?? null) !== null;
  }

  literal(value: RepairValue): string | null {
    return this.#write(value, 'literal');
  }

  guard(value: RepairValue): string | null {
    return this.#write(value, 'guard');
  }

  key(value: RepairValue): string | null {
    return this.#write(value, 'key');
  }

  #write({ value, from, to, refusal }: RepairValue, form: 'literal' | 'guard' | 'key'): string | null {
    if (typeof value !== 'string' || refusal !== undefined) return null;
    const spelling = this.#spellingOf(from, to);
    const text = spelling === null ? null : spelling.read(value);
    return spelling === null || text === null ? null : spelling[form](text);
  }

  #spellingOf(from: Column, to: Column): UsualSpelling | null {
    const known = this.#known.get(to)?.get(from);
    if (known !== undefined) return known;
    const chosen = this.#choose(from, to);
    const byColumn = this.#known.get(to) ?? new WeakMap<Column, UsualSpelling | null>();
    this.#known.set(to, byColumn.set(from, chosen));
    return chosen;
  }
}
