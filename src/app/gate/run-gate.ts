import { judge, verdictOfChecks } from '../../checks/judge.js';
import { parseLeftoverPatterns } from '../../checks/leftovers/parse-patterns.js';
import { CHECKS } from '../../checks/list.js';
import { assertResolved } from '../../config/assert-resolved.js';
import { VERSION } from '../../config/version.js';
import type { CheckFinding, GateContext } from '../../core/gate/check.js';
import { GATE_FORMAT, type GateResult, NOT_SEEN, type WrittenFix } from '../../core/gate/gate-result.js';
import { type Log, NO_LOG } from '../../core/log.js';
import type { Side } from '../../core/pairing.js';
import type { GateRules } from '../../engines/engine.js';
import { withBareNames } from '../bare-names.js';
import { catalogsOf, describeSide, pairSides, withOpenSides } from '../open-run.js';
import type { OpenSide } from '../open-side.js';
import { withPatternsSpread } from '../spread-patterns.js';
import { tryApplication } from './application.js';
import { readFollow } from './follow.js';
import type { FixPlace, GateAsk, GateHooks, GateOutcome, GateQuestion } from './gate-ask.js';
import { planGate } from './plan-gate.js';
import { type GateReading, readGate } from './read-gate.js';
import { judgeRows } from './row-pass.js';
import { SessionWatch } from './session-watch.js';

const DEFAULTS: Omit<GateAsk, 'config' | 'phase'> = {
  isReversed: false,
  isDeep: false,
  isStrict: false,
  accepted: [],
  earlier: null,
  leftovers: '',
  application: null,
};

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
      const catalogs = catalogsOf(sides);
      const named = withPatternsSpread(withBareNames(config, catalogs), catalogs.source);
      const { tables } = await pairSides(named, sides);
      const rules = await loadRules(sides);
      const { target } = sides;
      const application =
        ask.application === null
          ? null
          : await tryApplication({ url: ask.application, target, tables, signal: hooks.signal, log });
      const reading = {
        ...ask,
        sides,
        tables,
        rows: null,
        application,
        leftovers: parseLeftoverPatterns(ask.leftovers),
      };
      const { context, asOf } =
        phase === 'cutover'
          ? await readAroundRows(ask, { ...hooks, log, rules }, reading)
          : await readOnce(ask, hooks, reading);
      hooks.signal.throwIfAborted();
      const place = (side: Side) => placeOf({ sides, rules, context }, side);
      const places = { source: place('source'), target: place('target') };
      return {
        result: describeGate(ask, { sides, rules, context, started, asOf }),
        places,
        context,
        write: (side, action) => rules[side]?.writeFix(action) ?? null,
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
  hooks: GateHooks & { readonly log: Log; readonly rules: Rules },
  reading: GateReading,
): Promise<Read> {
  const { config } = ask;
  const { signal, rules } = hooks;
  const first = await readGate({ ...reading, isFirst: true });
  hooks.onFirst?.(judgeAll(ask, rules, first).checks.filter(({ id }) => id !== 'rows'));
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
  readonly rules: Rules;
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly started: { readonly at: string; readonly ms: number };
}

function describeGate(ask: GateAsk, { sides, rules, context, started, asOf }: Described): GateResult {
  const { phase, isStrict } = ask;
  const { checks, unused } = judgeAll(ask, rules, context);
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

function judgeAll({ accepted }: GateAsk, rules: Rules, context: GateContext): ReturnType<typeof judge> {
  return judge({ checks: CHECKS, context, accepted, writeFix: (finding) => writeFix(rules, finding) });
}

function writeFix(rules: Rules, { fix }: CheckFinding): WrittenFix | null {
  if (fix === null) return null;
  const { side, action } = fix;
  const statement = rules[side]?.writeFix(action) ?? null;
  return statement === null ? null : { side, action, ...statement };
}

/** How the engines of both sides write what mends; null where one does not know. */
type Rules = Readonly<Record<Side, GateRules | null>>;

async function loadRules(sides: Readonly<Record<Side, OpenSide>>): Promise<Rules> {
  const load = async (side: Side) => (await sides[side].engine.can.gate?.load()) ?? null;
  return { source: await load('source'), target: await load('target') };
}

function placeOf(
  { sides, rules, context }: Pick<Described, 'sides' | 'rules' | 'context'>,
  side: Side,
): FixPlace {
  const { guard } = context.facts[side];
  const { catalog, session } = sides[side];
  return {
    schema: catalog.schema,
    server: session.server.id,
    started: session.server.started,
    guard: guard.known ? guard.value : [],
    stopLine: rules[side]?.stopLine ?? null,
  };
}
