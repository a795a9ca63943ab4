import type { RepairDirection } from './row-change.js';

/** Reads the differing rows of a table, several at a time. */
export type ReadTable<Batch> = (table: string) => AsyncIterable<Batch>;

/** One of the two who read, and the table that it waits for. */
interface Reader<Batch> {
  isAtWork: boolean;
  begun: number;
  waiting: { readonly table: string; readonly begin: (pass: Pass<Batch>) => void } | null;
}

/**
 * Reads tables for a repair and its undo, which go through them at the same time, mostly in the same order: what both ask for at once is read once.
 * Whoever asks for a table waits until the other asks for one too, or has come to its end. Where they ask for two, the one who has begun
 * fewer goes first.
 */
export class PairedReads<Batch> {
  readonly #read: ReadTable<Batch>;
  readonly #byDirection: Readonly<Record<RepairDirection, Reader<Batch>>> = {
    repair: makeReader(),
    undo: makeReader(),
  };
  readonly #readers = Object.values(this.#byDirection);

  constructor(read: ReadTable<Batch>) {
    this.#read = read;
  }

  /** Reads for one of the two. */
  readerOf(direction: RepairDirection): ReadTable<Batch> {
    const reader = this.#byDirection[direction];
    return (table) => this.#readFor(reader, table);
  }

  /** From now on each waits for the other, until that one has ended. */
  begin(): void {
    for (const reader of this.#readers) reader.isAtWork = true;
  }

  /** Nobody waits for this one any more. */
  end(direction: RepairDirection): void {
    this.#byDirection[direction].isAtWork = false;
    this.#beginPass();
  }

  async *#readFor(reader: Reader<Batch>, table: string): AsyncGenerator<Batch> {
    const pass = await new Promise<Pass<Batch>>((begin) => {
      reader.waiting = { table, begin };
      this.#beginPass();
    });
    try {
      for (let next = await pass.next(reader); next.done !== true; next = await pass.next(reader))
        yield next.value;
    } finally {
      await pass.leave(reader);
    }
  }

  #beginPass(): void {
    const waiting = this.#readers.filter((reader) => reader.waiting !== null);
    if (this.#readers.some((reader) => reader.isAtWork && reader.waiting === null)) return;
    const first = waiting.sort((one, other) => one.begun - other.begun)[0]?.waiting?.table;
    if (first === undefined) return;
    const together = waiting.filter((reader) => reader.waiting?.table === first);
    const pass = new Pass(this.#read(first), together);
    for (const reader of together) {
      const begin = reader.waiting?.begin;
      reader.begun++;
      reader.waiting = null;
      begin?.(pass);
    }
  }
}

function makeReader<Batch>(): Reader<Batch> {
  return { isAtWork: false, begun: 0, waiting: null };
}

interface Asking<Batch> {
  readonly resolve: (next: IteratorResult<Batch>) => void;
  readonly reject: (error: unknown) => void;
}

/** One way through a table, each batch of which all get who take part. */
class Pass<Batch> {
  readonly #batches: AsyncIterator<Batch>;
  readonly #members: Set<Reader<Batch>>;
  readonly #asking = new Map<Reader<Batch>, Asking<Batch>>();

  constructor(batches: AsyncIterable<Batch>, members: readonly Reader<Batch>[]) {
    this.#batches = batches[Symbol.asyncIterator]();
    this.#members = new Set(members);
  }

  next(member: Reader<Batch>): Promise<IteratorResult<Batch>> {
    return new Promise((resolve, reject) => {
      this.#asking.set(member, { resolve, reject });
      void this.#readOn();
    });
  }

  /** Whoever leaves early is not waited for. */
  async leave(member: Reader<Batch>): Promise<void> {
    this.#members.delete(member);
    if (this.#members.size === 0) await this.#batches.return?.();
    else void this.#readOn();
  }

  async #readOn(): Promise<void> {
    if (this.#asking.size === 0 || this.#asking.size < this.#members.size) return;
    const asking = [...this.#asking.values()];
    this.#asking.clear();
    try {
      const next = await this.#batches.next();
      for (const { resolve } of asking) resolve(next);
    } catch (error) {
      for (const { reject } of asking) reject(error);
    }
  }
}
