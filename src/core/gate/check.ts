import type { Side } from '../pairing.js';
import type { Column, Table } from '../schema.js';
import type { ApplicationFacts } from './application-facts.js';
import type { FixAction } from './fix.js';
import type { FollowFacts } from './follow-facts.js';
import type { GateFacts } from './gate-facts.js';
import type { LeftoverPattern } from './leftover-facts.js';
import type { PlanFacts } from './plan-facts.js';
import type { Probe, ProbeAnswers } from './probe.js';
import type { RowsFacts } from './rows-facts.js';

/** When the gate is asked: before the migration's end is near, at the moment of the switch, or once the application runs on the target. */
export type Phase = 'preflight' | 'cutover' | 'after';

/** The headings under which checks are listed. */
export const CHECK_GROUPS = [
  'rows',
  'numbering',
  'schema',
  'triggers',
  'writers',
  'positions',
  'load',
  'serving',
  'accounts',
  'leftovers',
  'way',
] as const;
export type CheckGroup = (typeof CHECK_GROUPS)[number];

/**
 * What a finding means: `failed` closes the gate; `not-checked` closes it where the check is essential; `warning` only if that
 * was asked for; `note` says what is right, or as it is on the source, and does nothing.
 */
export type FindingLevel = 'failed' | 'warning' | 'note' | 'not-checked' | 'not-applicable';

/** What mends a finding; the engine of its side writes the statement. */
export interface Fix {
  readonly side: Side;
  readonly action: FixAction;
}

/** One thing that a check has to say. Sentences are lower case, without a full stop, as parts of a line. */
export interface CheckFinding {
  readonly level: FindingLevel;
  /** What it concerns, by which it is accepted: a table or column as the target names it, an account, a setting, or a side. */
  readonly subject: string;
  /** What was seen: "next 4,001, largest 48,211". */
  readonly evidence: string;
  /** What comes of it: "the next insert fails"; empty for a note. */
  readonly consequence: string;
  readonly fix: Fix | null;
  /** What to do where no statement does it, or the grant that would let the account see it; empty where nothing is to be done. */
  readonly advice: string;
}

/** A table pair of the gate. Either side is null where the other has no partner. */
export interface GateTable {
  readonly source: Table | null;
  readonly target: Table | null;
  /** Columns by the source's name that have a partner, with its name. */
  readonly columns: ReadonlyMap<string, string>;
  /** Column pairs, where both sides have the table. */
  readonly columnPairs: readonly { readonly source: Column; readonly target: Column }[];
}

/** All that a check may look at. */
export interface GateContext {
  readonly phase: Phase;
  /** Whether rows may be read to find out. */
  readonly isDeep: boolean;
  readonly facts: Readonly<Record<Side, GateFacts>>;
  /** What rows of the target said of rules that nothing holds them to; null where they were not to be read. */
  readonly probes: ProbeAnswers | null;
  readonly tables: readonly GateTable[];
  /** Whether both sides are servers of one kind, whose words can be compared as they are. */
  readonly isSameEngine: boolean;
  /** The schema of each side, by which names of its objects are qualified. */
  readonly schemas: Readonly<Record<Side, string>>;
  /** What is known of the rows; null in a preflight. */
  readonly rows: RowsFacts | null;
  /** What a verify would look at; null unless a preflight asks. */
  readonly plan: PlanFacts | null;
  readonly follow: FollowFacts;
  /** What came of logging in as the application does; null where nobody said how. */
  readonly application: ApplicationFacts | null;
  /** What leftovers are told by, beside what is known of tools. */
  readonly leftovers?: readonly LeftoverPattern[];
  /** Whether the whole schema is looked at; else what has no partner may have been left out on purpose. */
  readonly isWholeSchema: boolean;
}

/** One condition of a switch. Its id is stable: people accept findings by it, and its page is found by it. */
export interface Check {
  readonly id: string;
  readonly group: CheckGroup;
  /** What is true where it passed: "every number that is given next is above the largest". */
  readonly claim: string;
  /** An essential check that could not be made closes the gate as well. */
  readonly weight: 'essential' | 'advice';
  readonly phases: readonly Phase[];
  /** Pure too: what rows of the target are to be read for, where that is allowed, before it is made. */
  probe?(context: GateContext): readonly Probe[];
  /** Pure: facts in, findings out; none where all is well. */
  find(context: GateContext): readonly CheckFinding[];
}
