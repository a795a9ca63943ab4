import { RowproofError } from '../core/errors.js';
import { type Finding, hasEffect } from '../core/finding.js';
import { hasLimits } from '../core/load-limits.js';
import { qualifiedName, type Side } from '../core/pairing.js';
import { PLAN_FORMAT, type RunPlan, type TablePlan } from '../core/plan.js';
import type { Engine } from '../engines/engine.js';
import { planChecksums } from '../verifier/checksum-plan.js';
import { planForCounting } from '../verifier/count-tables.js';
import { describeTable } from '../verifier/describe-plan.js';
import type { PlannedTable } from '../verifier/table-pairing.js';
import { assertResolved } from './assert-resolved.js';
import { withBareNames } from './bare-names.js';
import { compileScope } from './comparison-scope.js';
import type { WarningListener } from './environment.js';
import { catalogsOf, describeSide, pairSides, withOpenSides } from './open-run.js';
import type { OpenSide } from './open-side.js';
import type { RunConfig } from './run-config.js';
import { withPatternsSpread } from './spread-patterns.js';
import { modeOf } from './table-modes.js';

const EXAMPLE_CHUNK_ROWS = 10_000;

/**
 * Says what `verify` would do with a config: pairs, columns, strategy, segments and SQL. It reads catalogs and, of each
 * table, the first and the last key.
 */
export async function planRun(given: RunConfig, onWarning?: WarningListener): Promise<RunPlan> {
  assertResolved(given);
  const plan = async (sides: Record<Side, OpenSide>): Promise<RunPlan> => {
    const catalogs = catalogsOf(sides);
    const config = withPatternsSpread(withBareNames(given, catalogs), catalogs.source);
    const pairing = await pairSides(config, sides);
    const request = {
      workers: config.workers,
      scope: compileScope(config),
      sides,
      chunkRows: config.chunkRows ?? EXAMPLE_CHUNK_ROWS,
      checksums: await planChecksums({
        place: config.checksumOn,
        isLimited: hasLimits(config.limits),
        tables: pairing.tables.map((table) => ({ pair: table.pair, mode: modeOf(config, table).mode })),
        sides,
        seed: config.seed ?? 0n,
      }),
    };
    const tables: TablePlan[] = [];
    for (const table of pairing.tables) {
      const { mode } = modeOf(config, table);
      const planned = mode === 'count' ? planForCounting(table) : table;
      tables.push(
        await describeTable(planned, { ...request, mode }).catch((error: unknown) => {
          throw describeReadFailure(error, sides.source.engine, planned);
        }),
      );
    }
    return {
      format: PLAN_FORMAT,
      mode: config.mode,
      source: describeSide(sides.source),
      target: describeSide(sides.target),
      excluded: pairing.excluded,
      expected: expectVerdict([...pairing.findings, ...tables.flatMap(({ findings }) => findings)]),
      tables,
      findings: pairing.findings,
    };
  };
  return withOpenSides(given, plan, { onWarning });
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
