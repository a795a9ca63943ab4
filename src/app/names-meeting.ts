import type { RunConfig } from '../config/run-config.js';
import { SIDES, type Side } from '../core/pairing.js';
import type { SchemaNames } from '../core/schema.js';
import { chooseTables } from './choose-tables.js';

/** A promise of the names of a side, and what keeps it. */
interface Awaited {
  readonly names: Promise<SchemaNames | null>;
  readonly settle: (names: SchemaNames | null) => void;
}

/**
 * Where both sides, which are opened at once, wait for the names of each other's tables: which of its tables a side is asked
 * about depends on what the other has. A side that fails, or has no list of names, leaves, and the other is read whole.
 */
export class NamesMeeting {
  readonly #config: RunConfig;
  readonly #sides: Readonly<Record<Side, Awaited>> = { source: makeAwaited(), target: makeAwaited() };

  constructor(config: RunConfig) {
    this.#config = config;
  }

  /** The tables of a side that more is wanted of than their names; null where that is all of them. */
  async choose(side: Side, names: SchemaNames): Promise<readonly string[] | null> {
    this.#sides[side].settle(names);
    const [source, target] = await Promise.all(SIDES.map((each) => this.#sides[each].names));
    if (source == null || target == null) return null;
    return chooseTables(this.#config, { source, target })[side];
  }

  /** Lets the other side wait no longer. */
  leave(side: Side): void {
    this.#sides[side].settle(null);
  }
}

function makeAwaited(): Awaited {
  let settle: Awaited['settle'] = () => undefined;
  const names = new Promise<SchemaNames | null>((resolve) => {
    settle = resolve;
  });
  return { names, settle };
}
