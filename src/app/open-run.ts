import { processEnvironment, type WarningListener, warnOfProcess } from '../config/environment.js';
import { hidesRows, type RunConfig } from '../config/run-config.js';
import { RowproofError } from '../core/errors.js';
import { type Log, NO_LOG } from '../core/log.js';
import type { Side } from '../core/pairing.js';
import type { SideResult } from '../core/result.js';
import type { Catalog } from '../core/schema.js';
import { isSameInstance } from '../engines/server-identity.js';
import { pairTables, type TablePairing } from '../plan/table-pairing.js';
import { assertConditions } from './check-conditions.js';
import type { ChoiceListener } from './choose-server.js';
import { mayLeaveTables } from './choose-tables.js';
import { compileScope } from './comparison-scope.js';
import { logWarnings } from './log-run.js';
import { NamesMeeting } from './names-meeting.js';
import { findNoEffect } from './no-effect.js';
import { makeReady, type OpenSide, openSide } from './open-side.js';
import { chooseOwnFence } from './own-fence.js';
import { assertIgnoredBySourceName, assertKeysKept, assertPartnersExist } from './paired-columns.js';
import { assertRulesAgree, assertRulesFit } from './rule-effects.js';
import { describeServer } from './side-failure.js';
import { assertNamesExist } from './unknown-names.js';

/** Who hears of warnings, and who may end the run. */
interface OpeningHooks {
  readonly onWarning?: WarningListener | undefined;
  readonly stop?: AbortSignal | undefined;
  /** Is told which of several servers a side is. */
  readonly onChosen?: ChoiceListener | undefined;
  readonly log?: Log | undefined;
  /** Is told of a side that was asked something and sends nothing. */
  readonly onSilence?: ((side: Side, silentMs: number) => void) | undefined;
  /** Is told about how many rows the source has, as soon as that is known. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/** What a stopped run gets to end its own statements, before its sessions are cut off. */
const STOP_GRACE_MS = 1500;

/** Connects to both sides, does the work, and closes both, whatever happens; `stop` ends all of it soon. */
export async function withOpenSides<T>(
  config: RunConfig,
  work: (sides: Record<Side, OpenSide>) => Promise<T>,
  { onWarning = warnOfProcess, stop, onChosen, log = NO_LOG, onRows, onSilence }: OpeningHooks = {},
): Promise<T> {
  const environment = processEnvironment(logWarnings(log, onWarning));
  const meeting = mayLeaveTables(config) ? new NamesMeeting(config) : null;
  const sides = await openBoth((side) =>
    openSide({
      side,
      choose: meeting === null ? undefined : (names) => meeting.choose(side, names),
      url: side === 'source' ? config.sourceUrl : config.targetUrl,
      environment,
      stop,
      onChosen,
      onSilence: (silentMs) => onSilence?.(side, silentMs),
      log,
      onRows: side === 'source' ? onRows : undefined,
      hidesWords: hidesRows(config),
    }).finally(() => meeting?.leave(side)),
  );
  const close = (): Promise<unknown> => Promise.all([sides.source.close(), sides.target.close()]);
  const endCutting = cutOffAfter(stop, close);
  try {
    return await work(sides);
  } finally {
    endCutting();
    await close();
  }
}

/** Cuts sessions off that are still at work a while after a run was stopped; whoever waits for them gets an error. */
function cutOffAfter(stop: AbortSignal | undefined, close: () => Promise<unknown>): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    timer = setTimeout(() => void close(), STOP_GRACE_MS);
  };
  stop?.addEventListener('abort', onStop, { once: true });
  if (stop?.aborted) onStop();
  return () => {
    clearTimeout(timer);
    stop?.removeEventListener('abort', onStop);
  };
}

async function openBoth(open: (side: Side) => Promise<OpenSide>): Promise<Record<Side, OpenSide>> {
  const [source, target] = await Promise.allSettled([open('source'), open('target')]);
  if (source.status === 'fulfilled' && target.status === 'fulfilled') {
    return {
      source: makeReady(source.value, target.value),
      target: makeReady(target.value, source.value),
    };
  }
  for (const side of [source, target]) if (side.status === 'fulfilled') await side.value.close();
  throw source.status === 'rejected'
    ? source.reason
    : target.status === 'rejected'
      ? target.reason
      : undefined;
}

/** Pairs what the user asked for; a run that could prove nothing, or that has a condition which is none, is refused here. */
export async function pairSides(config: RunConfig, sides: Record<Side, OpenSide>): Promise<TablePairing> {
  const { source, target } = sides;
  if (
    isSameInstance(source.session.server, target.session.server) &&
    source.catalog.schema === target.catalog.schema
  ) {
    throw new RowproofError({
      code: 'usage',
      message: 'Source and target are the same schema of the same server.',
      hint: 'A database always equals itself: check the two URLs.',
    });
  }
  assertNamesExist(config, source.catalog, target.catalog);
  chooseOwnFence(config, catalogsOf(sides));
  const scope = compileScope(config);
  const pairing = pairTables(source.catalog, target.catalog, scope);
  assertRulesAgree(config, pairing.tables);
  assertRulesFit(config, pairing.tables);
  assertPartnersExist(config, pairing.tables);
  assertIgnoredBySourceName(config, pairing.tables);
  assertKeysKept(config, pairing.tables);
  if (pairing.tables.length === 0) {
    throw new RowproofError({
      code: 'nothing-to-compare',
      message: `There is no table to compare in ${source.catalog.schema} on the source.`,
      hint: 'Check the schema of the URL, --tables and --exclude.',
    });
  }
  await assertConditions(sides, pairing.tables, scope);
  return { ...pairing, findings: [...pairing.findings, ...findNoEffect(config, pairing.tables)] };
}

/** A side as results name it. */
export function describeSide({ engine, catalog, settings }: OpenSide): SideResult {
  const product = engine.titles[catalog.engine] ?? catalog.engine;
  return { engine: catalog.engine, product, version: catalog.version, url: describeServer(settings) };
}

/** What both sides hold. */
export function catalogsOf({ source, target }: Record<Side, OpenSide>): Record<Side, Catalog> {
  return { source: source.catalog, target: target.catalog };
}
