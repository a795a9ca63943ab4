import type { Side } from '../pairing.js';
import type { Table } from '../schema.js';
import type { Fact } from './fact.js';
import type { NumberFacts } from './number-facts.js';
import type { SessionFacts } from './session-facts.js';

/** What the gate asks a server about. */
export interface GateRequest {
  readonly side: Side;
  readonly schema: string;
  /** The tables of the side that the gate looks at. */
  readonly tables: readonly Table[];
  /** Whether it may read rows to find out. */
  readonly isDeep: boolean;
  /** Sessions of the run on this very server, those of the other side too where both are on it. */
  readonly ownSessionIds: readonly string[];
}

/** Everything that one server said to the gate, in one reading. Engines fill it; checks know no engine. */
export interface GateFacts {
  readonly numbering: Fact<readonly NumberFacts[]>;
  readonly sessions: Fact<readonly SessionFacts[]>;
}
