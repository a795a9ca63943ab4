import type { WarningListener } from '../../config/environment.js';
import type { RunConfig } from '../../config/run-config.js';
import type { RunListener } from '../../core/event.js';
import type { AcceptedFinding } from '../../core/gate/accepted-finding.js';
import type { GateContext, Phase } from '../../core/gate/check.js';
import type { FixAction, FixStatement } from '../../core/gate/fix.js';
import type { CheckResult, GateResult } from '../../core/gate/gate-result.js';
import type { Log } from '../../core/log.js';
import type { Side } from '../../core/pairing.js';
import type { RunResult } from '../../core/result.js';
import type { WaiverBook } from '../../waivers/waiver-book.js';

/** What the gate is asked. */
export interface GateAsk {
  readonly config: RunConfig;
  readonly phase: Phase;
  /** Whether the sides were turned round. */
  readonly isReversed: boolean;
  /** Whether rows may be read to find out what catalogs do not say. */
  readonly isDeep: boolean;
  /** Whether warnings close the gate. */
  readonly isStrict: boolean;
  readonly accepted: readonly AcceptedFinding[];
  /** An earlier verdict over the rows; null reads them now. */
  readonly earlier: RunResult | null;
  /** More names by which tools leave things behind, as a text of lines; empty for none. */
  readonly leftovers: string;
  /** The URL with which the application logs in; null where nobody said. */
  readonly application: string | null;
}

/** What a program asks: whatever it leaves out is as the command line has it by default. */
export type GateQuestion = Pick<GateAsk, 'config' | 'phase'> & Partial<GateAsk>;

/** The server of a side, as a file of statements for it must know it. */
export interface FixPlace {
  readonly schema: string;
  readonly server: string;
  readonly started: string | null;
  /** Statements that fail on any other server; none where they could not be written. */
  readonly guard: readonly string[];
  readonly stopLine: string | null;
}

/** The answer of a gate, and what files of fixes need. */
export interface GateOutcome {
  readonly result: GateResult;
  readonly places: Readonly<Record<Side, FixPlace>>;
  /** What was seen, for the runbook. */
  readonly context: GateContext;
  /** What an engine writes for a step of the switch; null where its servers have no such thing. */
  readonly write: (side: Side, action: FixAction) => FixStatement | null;
}

/** Who listens, and who may end it. */
export interface GateHooks {
  readonly signal: AbortSignal;
  /** Differences of rows that were accepted; made by `readWaivers`. */
  readonly waivers?: WaiverBook | undefined;
  readonly onEvent?: RunListener | undefined;
  readonly onWarning?: WarningListener | undefined;
  /** Told what the first reading found, before rows are read for as long as that takes. */
  readonly onFirst?: ((checks: readonly CheckResult[]) => void) | undefined;
  readonly log?: Log | undefined;
}
