import type { Block } from './blocks.js';
import { RowMissed, RowRefusal } from './row-failure.js';
import type { RowStatement } from './row-statement.js';
import type { Effect } from './row-steps.js';
import type { AppliedTable, EffectProbe } from './undo-statement.js';

/** What takes one statement back: lines of a file, last one first, and how to see whether its effect is there. */
export interface WrittenUndo {
  readonly lines: readonly string[];
  readonly probe: EffectProbe;
}

/** What became of a block: its rows, and what takes it back, in the order in which it was done. */
export interface BlockRun {
  readonly block: Block;
  /** Rows that were written, and rows whose first statement found nothing; refused ones with the reason. */
  readonly applied: ReadonlySet<string>;
  readonly unmatched: ReadonlySet<string>;
  readonly refused: ReadonlyMap<string, string>;
  readonly undo: readonly WrittenUndo[];
}

/** Rows that a block is run without: refused ones with the reason, and those whose first statement found nothing. */
export interface LeftOut {
  readonly refused: ReadonlyMap<string, string>;
  readonly missed: ReadonlySet<string>;
}

/** Takes what each statement of a block did, in their order. */
export class BlockTally {
  /** The statements that are run. */
  readonly todo: Block;
  readonly #block: Block;
  readonly #refused: ReadonlyMap<string, string>;
  readonly #applied = new Set<string>();
  readonly #unmatched: Set<string>;
  readonly #undo: WrittenUndo[] = [];

  constructor(block: Block, { refused, missed }: LeftOut) {
    this.#block = block;
    const marks = new Set(block.map(({ mark }) => mark));
    this.#refused = new Map([...refused].filter(([mark]) => marks.has(mark)));
    this.#unmatched = new Set([...missed].filter((mark) => marks.has(mark)));
    this.todo = block.filter(({ mark }) => !refused.has(mark) && !missed.has(mark));
  }

  take(statement: RowStatement, effect: Effect, table: AppliedTable): void {
    const { mark } = statement;
    if (effect === 'nothing') {
      this.#miss(statement);
      return;
    }
    this.#applied.add(mark);
    if (effect === null) return;
    const lines = table.catalog.dialect.toLines(effect.sql).map((line) => `/*r ${mark}*/ ${line}`);
    this.#undo.push({ lines: lines.toReversed(), probe: effect.probe });
  }

  toRun(): BlockRun {
    const [block, refused, applied] = [this.#block, this.#refused, this.#applied];
    return { block, refused, applied, unmatched: this.#unmatched, undo: this.#undo };
  }

  #miss({ mark }: RowStatement): void {
    if (this.#applied.has(mark))
      throw new RowRefusal(
        mark,
        'Something on the target, such as a trigger, changed the row between two of its statements.',
      );
    if (this.todo.filter((statement) => statement.mark === mark).length > 1) throw new RowMissed(mark);
    this.#unmatched.add(mark);
  }
}
