import type { ToldDifferences } from '../app/run-hooks.js';
import { RowproofError } from '../core/errors.js';
import { formatCount } from '../words/number-text.js';

/** Who is told how far the writing is, and who may end it. */
interface Watching {
  readonly show: (text: string) => void;
  readonly stop: AbortSignal;
}

const SHOW_EVERY = 1000;

/** Follows rows on their way into files: tells how many there are, and ends where somebody stops the program. */
export class WritingWatch {
  readonly #watching: Watching;

  constructor(watching: Watching) {
    this.#watching = watching;
  }

  /** Hands differing rows on, in the form in which they are asked for. */
  followDifferences(rows: ToldDifferences, doing: string): ToldDifferences {
    const followed = this.follow(rows, doing);
    if (rows.kept === undefined) return followed;
    const kept = this.#followCounted(rows.kept, { doing, count: ({ text }) => countLines(text) });
    return { [Symbol.asyncIterator]: () => followed, kept };
  }

  /** Hands several things at a time on, and counts each. */
  followBatches<Thing>(
    batches: AsyncIterable<readonly Thing[]>,
    doing: string,
  ): AsyncGenerator<readonly Thing[]> {
    return this.#followCounted(batches, { doing, count: ({ length }) => length });
  }

  async *#followCounted<Batch>(
    batches: AsyncIterable<Batch>,
    { doing, count }: { readonly doing: string; readonly count: (batch: Batch) => number },
  ): AsyncGenerator<Batch> {
    const { show, stop } = this.#watching;
    let done = 0;
    let told = 0;
    show(doing);
    try {
      for await (const batch of batches) {
        if (stop.aborted) throw interrupted();
        done += count(batch);
        if (done - told >= SHOW_EVERY) {
          told = done;
          show(`${doing}: ${formatCount(done)} rows`);
        }
        yield batch;
      }
    } finally {
      show('');
    }
  }

  /** Hands the same things on; `doing` says what is done with them, `writing rows.ndjson`. */
  async *follow<Thing>(things: AsyncIterable<Thing>, doing: string): AsyncGenerator<Thing> {
    const { show, stop } = this.#watching;
    let done = 0;
    show(doing);
    try {
      for await (const thing of things) {
        if (stop.aborted) throw interrupted();
        if (++done % SHOW_EVERY === 0) show(`${doing}: ${formatCount(done)} rows`);
        yield thing;
      }
    } finally {
      show('');
    }
  }
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function interrupted(): RowproofError {
  return new RowproofError({
    code: 'interrupted',
    message: 'The program was interrupted while it wrote what the run had found.',
    hint: 'Each file is whole: one that was not written to its end is not there, or is still the one of an earlier run.',
  });
}
