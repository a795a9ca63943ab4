import type { Side } from '../pairing.js';
import type { Table } from '../schema.js';
import type { AccountFacts, DefinerFacts, GrantFacts } from './account-facts.js';
import type { ColumnFacts } from './column-facts.js';
import type { CheckFacts, ForeignKeyFacts, IndexFacts } from './constraint-facts.js';
import type { Fact } from './fact.js';
import type { JobsFacts } from './job-facts.js';
import type { ThingFacts } from './leftover-facts.js';
import type { LinkFacts } from './link-facts.js';
import type { NumberFacts } from './number-facts.js';
import type { EventFacts, RoutineFacts, StoredTableFacts, ViewFacts } from './object-facts.js';
import type { PreparedFacts } from './prepared-facts.js';
import type { RuleFacts } from './rule-facts.js';
import type {
  CapacityFacts,
  ExpiryFacts,
  ExtensionFacts,
  UnanalyzedFacts,
  UnidentifiedFacts,
} from './serving-facts.js';
import type { SessionFacts } from './session-facts.js';
import type { SettingFacts } from './setting-facts.js';
import type { ApplierFacts, TriggerFacts } from './trigger-facts.js';

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
  /** Statements that fail on every server but this one, so that what mends it is run nowhere else. */
  readonly guard: Fact<readonly string[]>;
  readonly numbering: Fact<readonly NumberFacts[]>;
  readonly foreignKeys: Fact<readonly ForeignKeyFacts[]>;
  readonly indexes: Fact<readonly IndexFacts[]>;
  readonly checkConstraints: Fact<readonly CheckFacts[]>;
  readonly columns: Fact<readonly ColumnFacts[]>;
  /** Every table and view of the schema, those that the gate does not look at included. */
  readonly storedTables: Fact<readonly StoredTableFacts[]>;
  readonly views: Fact<readonly ViewFacts[]>;
  readonly routines: Fact<readonly RoutineFacts[]>;
  readonly events: Fact<readonly EventFacts[]>;
  readonly triggers: Fact<readonly TriggerFacts[]>;
  readonly rules: Fact<readonly RuleFacts[]>;
  readonly applier: Fact<ApplierFacts>;
  readonly accounts: Fact<readonly AccountFacts[]>;
  readonly definers: Fact<readonly DefinerFacts[]>;
  readonly grants: Fact<readonly GrantFacts[]>;
  readonly sessions: Fact<readonly SessionFacts[]>;
  readonly prepared: Fact<readonly PreparedFacts[]>;
  readonly jobs: Fact<JobsFacts>;
  readonly links: Fact<LinkFacts>;
  /** What tools may have left, with everything else that has a name. */
  readonly things: Fact<readonly ThingFacts[]>;
  readonly settings: Fact<readonly SettingFacts[]>;
  readonly capacity: Fact<CapacityFacts>;
  readonly expiries: Fact<readonly ExpiryFacts[]>;
  readonly extensions: Fact<readonly ExtensionFacts[]>;
  /** Large tables that were never analyzed. */
  readonly unanalyzed: Fact<readonly UnanalyzedFacts[]>;
  readonly unidentified: Fact<readonly UnidentifiedFacts[]>;
  /** Bare names of materialized views that were never filled, and of tables that no log takes in. */
  readonly unpopulated: Fact<readonly string[]>;
  readonly unlogged: Fact<readonly string[]>;
}
