import { type AcceptedFinding, judge, verdictOfChecks } from '../../checks/judge.js';
import { CHECKS } from '../../checks/list.js';
import { assertResolved } from '../../config/assert-resolved.js';
import type { WarningListener } from '../../config/environment.js';
import type { RunConfig } from '../../config/run-config.js';
import { VERSION } from '../../config/version.js';
import type { RunListener } from '../../core/event.js';
import type { CheckFinding, GateContext, Phase } from '../../core/gate/check.js';
import type { FixAction, FixStatement } from '../../core/gate/fix.js';
import {
  type CheckResult,
  GATE_FORMAT,
  type GateResult,
  NOT_SEEN,
  type WrittenFix,
} from '../../core/gate/gate-result.js';
import { type Log, NO_LOG } from '../../core/log.js';
import type { Side } from '../../core/pairing.js';
import type { RunResult } from '../../core/result.js';
import { describeSide, pairSides, withOpenSides } from '../open-run.js';
import type { OpenSide } from '../open-side.js';
import { tryApplication } from './application.js';
import { readFollow } from './follow.js';
import { planGate } from './plan-gate.js';
import { type GateReading, readGate } from './read-gate.js';
import { judgeRows } from './row-pass.js';
import { SessionWatch } from './session-watch.js';

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
  /** The URL with which the application logs in; null where nobody said. */
  readonly application: string | null;
}

/** What a program asks: whatever it leaves out is as the command line has it by default. */
export type GateQuestion = Pick<GateAsk, 'config' | 'phase'> & Partial<GateAsk>;

const DEFAULTS: Omit<GateAsk, 'config' | 'phase'> = {
  isReversed: false,
  isDeep: false,
  isStrict: false,
  accepted: [],
  earlier: null,
  application: null,
};

/** The server of a side, as a file of statements for it must know it. */
export interface FixPlace {
  readonly schema: string;
  readonly server: string;
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
  readonly onEvent?: RunListener | undefined;
  readonly onWarning?: WarningListener | undefined;
  /** Told what the first reading found, before rows are read for as long as that takes. */
  readonly onFirst?: ((checks: readonly CheckResult[]) => void) | undefined;
  readonly log?: Log | undefined;
}

/**
 * Asks whether a migration can work (`preflight`), or whether to switch now (`cutover`). Reads only.
 *
 * The answer is of the moment at which the facts were read last: quick facts are read, then the rows, then the quick facts
 * again. Rejects with a RowproofError where nothing could be asked: wrong usage, no connection, nothing in scope; an abort
 * rejects too, for half an answer is none.
 */
export async function runGate(
  question: GateQuestion,
  listening: Partial<GateHooks> = {},
): Promise<GateOutcome> {
  const ask: GateAsk = { ...DEFAULTS, ...question };
  const hooks: GateHooks = { signal: new AbortController().signal, ...listening };
  const { config, phase } = ask;
  assertResolved(config);
  const started = { at: new Date().toISOString(), ms: performance.now() };
  const log = (hooks.log ?? NO_LOG).with({ thread: 'main' });
  return await withOpenSides(
    config,
    async (sides) => {
      const { tables } = await pairSides(config, sides);
      const { target } = sides;
      const application =
        ask.application === null
          ? null
          : await tryApplication({ url: ask.application, target, tables, signal: hooks.signal, log });
      const reading = { ...ask, sides, tables, rows: null, application };
      const { context, asOf } =
        phase === 'cutover'
          ? await readAroundRows(ask, { ...hooks, log }, reading)
          : await readOnce(ask, hooks, reading);
      hooks.signal.throwIfAborted();
      const places = { source: placeOf(sides, context, 'source'), target: placeOf(sides, context, 'target') };
      return {
        result: describeGate(ask, { sides, context, started, asOf }),
        places,
        context,
        write: (side, action) => sides[side].engine.can.gate?.writeFix(action) ?? null,
      };
    },
    { onWarning: hooks.onWarning, stop: hooks.signal, log },
  );
}

interface Read {
  readonly context: GateContext;
  readonly asOf: string;
}

async function readOnce(
  { config, phase }: GateAsk,
  { signal }: GateHooks,
  reading: GateReading,
): Promise<Read> {
  const plan = phase === 'preflight' ? await planGate(config) : null;
  const follow = await readFollow({ ...reading, config, signal });
  const asOf = new Date().toISOString();
  return { context: await readGate({ ...reading, plan, follow }), asOf };
}

/** Only what is read last counts; the first reading tells early what closes the gate anyhow. */
async function readAroundRows(
  ask: GateAsk,
  hooks: GateHooks & { log: Log },
  reading: GateReading,
): Promise<Read> {
  const { config } = ask;
  const { signal } = hooks;
  const first = await readGate(reading);
  hooks.onFirst?.(judgeAll(ask, reading.sides, first).checks.filter(({ id }) => id !== 'rows'));
  const watch = new SessionWatch(reading.sides);
  const pass = await judgeRows(ask, hooks, reading).finally(() => watch.end());
  signal.throwIfAborted();
  const asOf = new Date().toISOString();
  const follow = await readFollow({ ...reading, config, signal });
  const context = await readGate({ ...reading, follow });
  const rows = await pass.describe(follow.position);
  return { context: { ...context, rows, facts: withWatched(context.facts, watch) }, asOf };
}

/** Whoever was there while the rows were read counts as if it were there still. */
function withWatched(facts: GateContext['facts'], watch: SessionWatch): GateContext['facts'] {
  const merged = (side: Side) => ({ ...facts[side], sessions: watch.merge(side, facts[side].sessions) });
  return { source: merged('source'), target: merged('target') };
}

interface Described extends Read {
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly started: { readonly at: string; readonly ms: number };
}

function describeGate(ask: GateAsk, { sides, context, started, asOf }: Described): GateResult {
  const { phase, isStrict } = ask;
  const { checks, unused } = judgeAll(ask, sides, context);
  const { rows } = context;
  return {
    format: GATE_FORMAT,
    rowproof: VERSION,
    phase,
    verdict: verdictOfChecks(checks, { phase, isStrict }),
    asOf,
    startedAt: started.at,
    elapsedMs: Math.round(performance.now() - started.ms),
    isStrict,
    isReversed: ask.isReversed,
    source: describeSide(sides.source),
    target: describeSide(sides.target),
    rows: rows && {
      verdict: rows.verdict,
      mode: rows.mode,
      isEarlier: rows.isEarlier,
      startedAt: rows.startedAt,
      position: rows.position,
      isUpToDate: rows.tables.every(({ behind }) => behind === null),
    },
    checks,
    unusedAcceptances: unused.map(({ check, subject }) => `${check}:${subject}`),
    notSeen: NOT_SEEN,
  };
}

function judgeAll(
  { accepted }: GateAsk,
  sides: Readonly<Record<Side, OpenSide>>,
  context: GateContext,
): ReturnType<typeof judge> {
  return judge({ checks: CHECKS, context, accepted, writeFix: (finding) => writeFix(sides, finding) });
}

function writeFix(sides: Readonly<Record<Side, OpenSide>>, { fix }: CheckFinding): WrittenFix | null {
  if (fix === null) return null;
  const { side, action } = fix;
  const statement = sides[side].engine.can.gate?.writeFix(action) ?? null;
  return statement === null ? null : { side, action, ...statement };
}

function placeOf(sides: Readonly<Record<Side, OpenSide>>, { facts }: GateContext, side: Side): FixPlace {
  const { guard } = facts[side];
  const { catalog, session, engine } = sides[side];
  return {
    schema: catalog.schema,
    server: session.server.id,
    guard: guard.known ? guard.value : [],
    stopLine: engine.can.gate?.stopLine ?? null,
  };
}
