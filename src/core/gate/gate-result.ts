import type { Side } from '../pairing.js';
import type { SideResult } from '../result.js';
import type { Mode, Verdict } from '../verdict.js';
import type { CheckFinding, CheckGroup, Phase } from './check.js';
import type { FixAction, FixStatement } from './fix.js';

export const GATE_FORMAT = 'rowproof/gate@1';

/** What came of a check. A finding that is a note, or that was accepted, leaves it passed. */
export type CheckOutcome = 'passed' | 'warning' | 'failed' | 'not-checked' | 'not-applicable';

/** The answers: `cutover` says the first three, `preflight` the others. */
export type GateVerdict = 'go' | 'no-go' | 'cannot-say' | 'ready' | 'not-ready';

/** Who accepted a finding, and why. */
export interface Acceptance {
  readonly reason: string;
  /** Null for who typed it on the command line. */
  readonly owner: string | null;
  /** The last day on which it holds, `YYYY-MM-DD`; null for this run alone. */
  readonly expires: string | null;
}

/** Statements that mend a finding, as they stand in a file of fixes. */
export interface WrittenFix extends FixStatement {
  readonly side: Side;
  readonly action: FixAction;
}

/** A finding as a result tells it. */
export interface GateFinding extends Omit<CheckFinding, 'fix'> {
  readonly fix: WrittenFix | null;
  /** Where its statement stands: `fixes.target.sql:12`; null where no file was written. */
  readonly place: string | null;
  readonly accepted: Acceptance | null;
}

/** What one check found. */
export interface CheckResult {
  readonly id: string;
  readonly group: CheckGroup;
  readonly claim: string;
  readonly weight: 'essential' | 'advice';
  readonly outcome: CheckOutcome;
  readonly findings: readonly GateFinding[];
}

/** The verdict over the rows of a gate. */
export interface GateRows {
  readonly verdict: Verdict;
  readonly mode: Mode;
  /** Whether it is that of an earlier run. */
  readonly isEarlier: boolean;
  readonly startedAt: string;
  /** Where the source stood when the first row was read; null where it did not say. */
  readonly position: string | null;
  /** Whether every table is proved up to the last write on the source. */
  readonly isUpToDate: boolean;
}

/** The JSON result of `preflight` and `cutover`, format `rowproof/gate@1`. Readers ignore fields they do not know. */
export interface GateResult {
  readonly format: typeof GATE_FORMAT;
  readonly rowproof: string;
  readonly phase: Phase;
  readonly verdict: GateVerdict;
  /** When the last of the facts was read: the answer is of that moment. */
  readonly asOf: string;
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** Whether warnings close the gate. */
  readonly isStrict: boolean;
  readonly isReversed: boolean;
  readonly source: SideResult;
  readonly target: SideResult;
  /** Null in a preflight. */
  readonly rows: GateRows | null;
  readonly checks: readonly CheckResult[];
  /** Acceptances that no finding asked for: `CHECK:SUBJECT`. */
  readonly unusedAcceptances: readonly string[];
  /** What decides over a switch too, and that no server tells. */
  readonly notSeen: readonly string[];
  /** The words of the command line, without passwords; absent where a program asked. */
  readonly command?: readonly string[];
}

/** What SQL cannot see. */
export const NOT_SEEN = [
  'disk',
  'backups',
  'DNS',
  'connection strings',
  'poolers',
  'downstream jobs',
] as const;

/** How many checks had each outcome, and how many findings were accepted. */
export interface GateCounts {
  readonly failed: number;
  readonly notChecked: number;
  readonly warnings: number;
  readonly accepted: number;
  readonly passed: number;
  readonly notApplicable: number;
}

/** Counts what a person wants to know first. */
export function countOutcomes(checks: readonly CheckResult[]): GateCounts {
  const count = (outcome: CheckOutcome): number => checks.filter((check) => check.outcome === outcome).length;
  return {
    failed: count('failed'),
    notChecked: count('not-checked'),
    warnings: count('warning'),
    accepted: checks.flatMap(({ findings }) => findings.filter(({ accepted }) => accepted !== null)).length,
    passed: count('passed'),
    notApplicable: count('not-applicable'),
  };
}
