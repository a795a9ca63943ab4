import type { Side } from '../pairing.js';
import type { Table } from '../schema.js';
import type { Fact } from './fact.js';
import type { NumberFacts } from './number-facts.js';

/** What the gate asks a server about. */
export interface GateRequest {
  readonly side: Side;
  readonly schema: string;
  /** The tables of the side that the gate looks at. */
  readonly tables: readonly Table[];
  /** Whether it may read rows to find out. */
  readonly isDeep: boolean;
}

/** Everything that one server said to the gate, in one reading. Engines fill it; checks know no engine. */
export interface GateFacts {
  /** Statements that fail on every server but this one, so that what mends it is run nowhere else. */
  readonly guard: Fact<readonly string[]>;
  readonly numbering: Fact<readonly NumberFacts[]>;
}
