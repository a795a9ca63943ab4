import { randomBytes } from 'node:crypto';
import { assertResolved } from '../config/assert-resolved.js';
import type { WarningListener } from '../config/environment.js';
import type { RunConfig } from '../config/run-config.js';
import { RowproofError } from '../core/errors.js';
import { type Finding, hasEffect } from '../core/finding.js';
import { hasLimits } from '../core/load-limits.js';
import { type Log, NO_LOG } from '../core/log.js';
import { qualifiedName, type Side } from '../core/pairing.js';
import { PLAN_FORMAT, type RunPlan, type TablePlan } from '../core/plan.js';
import { type EstimatedTable, estimateRun } from '../core/plan-estimate.js';
import { refuseUnknownNames } from '../core/refuse-unknown-names.js';
import type { PlannedShares } from '../core/share.js';
import type { Engine } from '../engines/engine.js';

import type { StoredBytes } from '../engines/stored-bytes.js';

import { planChecksums } from '../plan/checksum-plan.js';
import { describeTable, type PlanRequest, readShare, sizeOf } from '../plan/describe-plan.js';
import type { PlannedTable, TablePairing } from '../plan/table-pairing.js';
import { planForCounting } from '../run/count-tables.js';

import { withBareNames } from './bare-names.js';
import { chooseFences } from './choose-fences.js';
import { comparisonFacts } from './comparison-facts.js';
import { compileScope } from './comparison-scope.js';
import { describeFailure, logFindings, logPlan } from './log-run.js';
import { expectFewRows, expectFewRowsOf, type PlannedRows } from './min-rows.js';
import { catalogsOf, describeSide, pairSides, withOpenSides } from './open-run.js';
import type { OpenSide } from './open-side.js';
import { openState } from './open-state.js';
import { divideRun } from './plan-parts.js';
import { withPatternsSpread } from './spread-patterns.js';
import { modeOf } from './table-modes.js';

/** Who listens to the making of a plan. */
export interface PlanHooks {
  /** As the hook of `verify`. */
  readonly onWarning?: WarningListener;
  readonly log?: Log;
  /** Into how many parts the run is to be divided; not at all where it is left out. */
  readonly parts?: number | null;
}

const EXAMPLE_CHUNK_ROWS = 10_000;

/**
 * Says what `verify` would do with a config: pairs, columns, strategy, segments and SQL. It reads catalogs and, of each
 * table, the first and the last key.
 */
export async function planRun(given: RunConfig, hooks: PlanHooks = {}): Promise<RunPlan> {
  assertResolved(given);
  refuseUnknownNames(hooks, { of: 'planRun', known: ['onWarning', 'log', 'parts'] });
  const log = (hooks.log ?? NO_LOG).with({ thread: 'main' });
  const plan = async (sides: Record<Side, OpenSide>): Promise<RunPlan> => {
    const catalogs = catalogsOf(sides);
    const config = withPatternsSpread(withBareNames(given, catalogs), catalogs.source);
    const pairing = await pairSides(config, sides);
    logPairing(log, pairing);
    const request = await planRequest(config, sides, pairing.tables);
    const fences = await chooseFences({ sides, config, tables: pairing.tables });
    const tables: TablePlan[] = [];
    const sized: EstimatedTable[] = [];
    const known: PlannedRows[] = [];
    for (const table of pairing.tables) {
      const { mode, ratio } = modeOf(config, table);
      const planned = mode === 'count' ? planForCounting(table) : table;
      const described = await describeTable(planned, { ...request, mode, ratio }).catch((error: unknown) => {
        throw describeReadFailure(error, sides.source.engine, planned);
      });
      const rows = { table, isEmpty: described.isEmpty };
      known.push(rows);
      const fence = fences.get(table.id) ?? null;
      tables.push({
        ...described,
        fence,
        findings: [...described.findings, ...expectFewRowsOf(config, rows)],
      });
      if (described.strategy === null) continue;
      const hasCondition = request.scope.where(table.source?.name ?? '').source !== null;
      const size = sizeOf(planned, request);
      const share = readShare(size, { mode, ratio });
      sized.push({ ...size, ratio: share, seconds: described.estimatedSeconds, hasCondition });
    }
    const findings = [...pairing.findings, ...expectFewRows(config, known)];
    const shares = await divide({
      config,
      given: withBareNames(given, catalogs),
      sides,
      tables: pairing.tables,
      parts: hooks.parts ?? null,
    });
    return {
      format: PLAN_FORMAT,
      mode: config.mode,
      source: describeSide(sides.source),
      target: describeSide(sides.target),
      excluded: pairing.excluded,
      expected: expectVerdict([...findings, ...tables.flatMap(({ findings }) => findings)]),
      estimate: estimateRun(sized, config.limits),
      tables,
      findings,
      ...(shares === null ? {} : { shares }),
    };
  };
  try {
    return await withOpenSides(given, plan, { onWarning: hooks.onWarning, log });
  } catch (error) {
    log.error('plan:fail', () => describeFailure(log, error));
    throw error;
  }
}

interface Division {
  readonly config: RunConfig;
  readonly given: RunConfig;
  readonly sides: Record<Side, OpenSide>;
  readonly tables: readonly PlannedTable[];
  readonly parts: number | null;
}

async function divide({ config, given, sides, tables, parts }: Division): Promise<PlannedShares | null> {
  if (parts === null) return null;
  const states = tables.map((table) => openState(table, modeOf(config, table)));
  const seed = config.seed ?? randomBytes(8).readBigUInt64BE();
  const facts = comparisonFacts({ config: given, sides, tables: states, seed });
  return divideRun({ config: given, sides, tables: states, facts, parts });
}

function logPairing(log: Log, { tables, findings }: TablePairing): void {
  logPlan(log, tables);
  for (const { target, source, findings: own } of tables) {
    const table = target ?? source;
    logFindings(log, own, table === null ? null : qualifiedName(table));
  }
  logFindings(log, findings, null);
}

/** What describing each table needs to know of the run. */
async function planRequest(
  config: RunConfig,
  sides: Record<Side, OpenSide>,
  tables: readonly PlannedTable[],
): Promise<Omit<PlanRequest, 'mode' | 'ratio'>> {
  return {
    workers: config.workers,
    scope: compileScope(config),
    sides,
    limits: config.limits,
    sizes: await readSizes(sides, tables),
    chunkRows: config.chunkRows ?? EXAMPLE_CHUNK_ROWS,
    checksums: await planChecksums({
      place: config.checksumOn,
      isLimited: hasLimits(config.limits),
      tables: tables.map((table) => ({ pair: table.pair, mode: modeOf(config, table).mode })),
      sides,
      seed: config.seed ?? 0n,
    }),
  };
}

/** What a server does not say, or not in time, is unknown: a plan is made without it. */
async function readSizes(
  sides: Record<Side, OpenSide>,
  planned: readonly PlannedTable[],
): Promise<Record<Side, ReadonlyMap<string, StoredBytes>>> {
  const read = (side: Side): Promise<ReadonlyMap<string, StoredBytes>> => {
    const { engine, session } = sides[side];
    const tables = planned.flatMap((table) => table[side] ?? []);
    if (engine.can.sizes !== true) return Promise.resolve(new Map());
    // What fails on the server is in the log.
    return session.ask('sizes', tables).catch(() => new Map<string, StoredBytes>());
  };
  const [source, target] = await Promise.all([read('source'), read('target')]);
  return { source, target };
}

function expectVerdict(findings: readonly Finding[]): RunPlan['expected'] {
  if (hasEffect(findings, 'different')) return 'different';
  return hasEffect(findings, 'unverified') ? 'unverified' : null;
}

/** Of rows only the source's are looked at, and a server refuses that where the user's condition is wrong. */
function describeReadFailure(error: unknown, engine: Engine, { source }: PlannedTable): unknown {
  if (error instanceof RowproofError) return error;
  const { code, message, hint } = engine.classifyError(error);
  const name = source === null ? 'a table' : qualifiedName(source);
  const advice = hint === '' ? `Check what --where says of ${name}, if it does.` : hint;
  return new RowproofError({
    code,
    message: `Cannot plan ${name} on the source: ${message.replace(/\.$/, '')}.`,
    hint: advice,
    cause: error,
  });
}
