import { SIDES, type Side } from '../../core/pairing.js';
import type { Table } from '../../core/schema.js';
import type { Session } from '../../engines/session.js';

/** How long an answer counts. */
const FRESH_MS = 250;

type WatchedSides = Readonly<Record<Side, { readonly session: Pick<Session, 'ask'> }>>;
type Changes = Readonly<Record<Side, ReadonlyMap<string, string>>>;

/** The tables of one pair. */
type Pair = Readonly<Record<Side, Table>>;

/**
 * Knows of which tables rows were written since the run began, by what the servers say. What one does not say counts as not
 * written: nothing else tells apart a row that differs and one that will be equal in a minute.
 */
export class WriteWatch {
  readonly #sides: WatchedSides;
  readonly #pairs: readonly Pair[];
  readonly #now: () => number;
  readonly #began: Promise<Changes>;
  #current: Promise<Changes>;
  #askedMs: number;

  constructor(sides: WatchedSides, pairs: readonly Pair[], now: () => number) {
    this.#sides = sides;
    this.#pairs = pairs;
    this.#now = now;
    this.#began = this.#ask();
    this.#current = this.#began;
    this.#askedMs = now();
  }

  /** Whether rows of either table were written until now. */
  async isWritten(pair: Pair): Promise<boolean> {
    if (this.#now() - this.#askedMs > FRESH_MS) {
      this.#askedMs = this.#now();
      this.#current = this.#ask();
    }
    const [began, current] = await Promise.all([this.#began, this.#current]);
    return SIDES.some((side) => {
      const { name } = pair[side];
      const [before, after] = [began[side].get(name), current[side].get(name)];
      return before !== undefined && after !== undefined && before !== after;
    });
  }

  async #ask(): Promise<Changes> {
    const ask = (side: Side): Promise<ReadonlyMap<string, string>> => {
      const tables = this.#pairs.map((pair) => pair[side]);
      // What fails is in the log; a server that does not answer says nothing of any table.
      return this.#sides[side].session.ask('changes', tables).catch(() => new Map());
    };
    const [source, target] = await Promise.all([ask('source'), ask('target')]);
    return { source, target };
  }
}
