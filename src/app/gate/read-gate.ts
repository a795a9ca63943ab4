import { CHECKS } from '../../checks/list.js';
import { hidesRows, type RunConfig } from '../../config/run-config.js';
import type { ApplicationFacts } from '../../core/gate/application-facts.js';
import type { GateContext, GateTable, Phase } from '../../core/gate/check.js';
import { hidden } from '../../core/gate/fact.js';
import type { FollowFacts } from '../../core/gate/follow-facts.js';
import type { GateFacts } from '../../core/gate/gate-facts.js';
import type { LeftoverPattern } from '../../core/gate/leftover-facts.js';
import type { PlanFacts } from '../../core/gate/plan-facts.js';
import { type ProbeAnswers, probeKey } from '../../core/gate/probe.js';
import type { RowsFacts } from '../../core/gate/rows-facts.js';
import { SIDES, type Side } from '../../core/pairing.js';
import type { PlannedTable } from '../../plan/table-pairing.js';
import type { OpenSide } from '../open-side.js';
import { NO_FOLLOW } from './follow.js';
import { namingSide } from './naming-side.js';
import { ownSessionsOn } from './own-sessions.js';

/** What a reading of the gate is about. */
export interface GateReading {
  readonly config: Pick<RunConfig, 'tables' | 'exclude' | 'showValues' | 'hashKeys'>;
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly tables: readonly PlannedTable[];
  readonly phase: Phase;
  readonly isDeep: boolean;
  /** Whether it is read again before anybody goes by it, so that no rows need be read for it. */
  readonly isFirst?: boolean;
  readonly rows: RowsFacts | null;
  readonly plan?: PlanFacts | null;
  readonly follow?: FollowFacts;
  readonly application?: ApplicationFacts | null;
  readonly leftovers?: readonly LeftoverPattern[];
}

/** Reads everything that both servers say to the gate, both at once, and puts it together for the checks. */
export async function readGate(reading: GateReading): Promise<GateContext> {
  const [source, target] = await Promise.all(SIDES.map((side) => askSide(reading, side)));
  const context = contextOf(reading, { source, target } as Record<Side, GateFacts>);
  return reading.isDeep && reading.isFirst !== true
    ? { ...context, probes: await askRows(reading, context) }
    : context;
}

/** Reads rows of the target for what only they can say. */
async function askRows({ sides, config }: GateReading, context: GateContext): Promise<ProbeAnswers> {
  const probes = CHECKS.flatMap((check) => check.probe?.(context) ?? []);
  const { session, catalog } = sides.target;
  const request = { schema: catalog.schema, probes, showsValues: !hidesRows(config) };
  const answers = await session.ask('gate-probes', request);
  return new Map(probes.map((probe, at) => [probeKey(probe), answers[at] ?? hidden('nobody answered')]));
}

function askSide({ sides, tables, isDeep }: GateReading, side: Side): Promise<GateFacts> {
  const { session, catalog } = sides[side];
  return namingSide(
    sides,
    side,
    session.ask('gate', {
      side,
      schema: catalog.schema,
      tables: tables.flatMap((table) => table[side] ?? []),
      isDeep,
      ownSessionIds: ownSessionsOn(sides, side),
    }),
  );
}

function contextOf(reading: GateReading, facts: Record<Side, GateFacts>): GateContext {
  const { config, sides, tables, phase, isDeep, rows } = reading;
  const { plan = null, follow = NO_FOLLOW, application = null, leftovers = [] } = reading;
  const { source, target } = sides;
  return {
    ...{ phase, isDeep, facts, rows, probes: null, plan, follow, application, leftovers },
    tables: tables.map(gateTableOf),
    isSameEngine: source.catalog.engine === target.catalog.engine,
    schemas: { source: source.catalog.schema, target: target.catalog.schema },
    isWholeSchema: config.tables.length === 0 && config.exclude.length === 0,
  };
}

/** Columns that are left out of the comparison are paired all the same: they have rules, and numbers, like the others. */
function gateTableOf({ source, target, columns }: PlannedTable): GateTable {
  const find = (table: PlannedTable['source'], name: string) =>
    table?.columns.find((each) => each.name === name);
  const columnPairs = columns.flatMap((pair) => {
    const [from, to] = [find(source, pair.source), find(target, pair.target)];
    return from === undefined || to === undefined ? [] : [{ source: from, target: to }];
  });
  return {
    ...{ source, target, columnPairs },
    columns: new Map(columnPairs.map((pair) => [pair.source.name, pair.target.name])),
  };
}
