import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { compileScope } from './config/comparison-scope.js';
import { hashConfig } from './config/config-hash.js';
import { processEnvironment } from './config/environment.js';
import { describeServer, type OpenSide, openSide } from './config/open-side.js';
import type { RunConfig } from './config/run-config.js';
import { assertNamesExist } from './config/unknown-names.js';
import type { RowDifference } from './core/difference.js';
import { RowproofError } from './core/errors.js';
import type { RunListener } from './core/event.js';
import { qualifiedName, type Side } from './core/pairing.js';
import type { RunResult, SideResult } from './core/result.js';
import type { RepairCatalog } from './engines/repair.js';
import type { RepairFacts } from './repair/survey.js';
import { buildResult, readSample, withoutValues } from './verifier/build-result.js';
import { runTables } from './verifier/run-tables.js';
import { Spool } from './verifier/spool.js';
import { pairTables, type TablePairing } from './verifier/table-pairing.js';
import { TableProgress } from './verifier/table-progress.js';
import { createWorkerPool } from './worker/pool.js';

/** Who listens to a run, and how to stop it. */
export interface RunHooks {
  readonly onEvent: RunListener;
  readonly signal: AbortSignal;
  /** Also read what repair SQL must know of the target. */
  readonly wantsRepair?: boolean;
}

/** A differing row and the table it is in, by the target's name. */
export interface TableDifference {
  readonly table: string;
  readonly difference: RowDifference;
}

/** What a run leaves: its result, and every difference until it is closed. */
export interface VerifyOutcome {
  readonly result: RunResult;
  /** Every differing row, in the order of the result's tables and of their keys. */
  differences(): AsyncIterable<TableDifference>;
  /** What repair SQL is made of, good until the outcome is closed; null unless it was asked for. */
  readonly repair: RepairFacts | null;
  /** Deletes the differences from disk. */
  close(): Promise<void>;
}

/** This package's version. */
export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/**
 * Compares two databases and resolves with what was found; differences are a result, not an error.
 *
 * Rejects with a RowproofError where nothing could be compared: wrong usage, no connection, nothing in scope. An abort
 * resolves with what was verified until then.
 */
export async function verify(config: RunConfig, hooks: RunHooks): Promise<VerifyOutcome> {
  const environment = processEnvironment();
  const sides = await openBoth((side) =>
    openSide(side, side === 'source' ? config.sourceUrl : config.targetUrl, environment),
  );
  try {
    return await verifyOpenSides(config, hooks, sides);
  } finally {
    await Promise.all([sides.source.session.close(), sides.target.session.close()]);
  }
}

async function openBoth(open: (side: Side) => Promise<OpenSide>): Promise<Record<Side, OpenSide>> {
  const [source, target] = await Promise.allSettled([open('source'), open('target')]);
  if (source.status === 'fulfilled' && target.status === 'fulfilled') {
    return { source: source.value, target: target.value };
  }
  for (const side of [source, target]) if (side.status === 'fulfilled') await side.value.session.close();
  throw source.status === 'rejected'
    ? source.reason
    : target.status === 'rejected'
      ? target.reason
      : undefined;
}

async function verifyOpenSides(
  config: RunConfig,
  hooks: RunHooks,
  sides: Record<Side, OpenSide>,
): Promise<VerifyOutcome> {
  const started = { at: new Date(), ms: performance.now() };
  const pairing = pairSides(config, sides);
  const seed = config.seed ?? randomBytes(8).readBigUInt64BE();
  const repairCatalog = hooks.wantsRepair === true ? await readRepairCatalog(sides.target) : null;
  const tables = pairing.tables.map((table) => new TableProgress(table));
  const spool = await Spool.create(tmpdir());
  try {
    await readTables({ config, hooks, sides, tables, spool, seed });
    const results = [];
    for (const table of tables) {
      const sample = await readSample(spool, table);
      results.push(table.toResult(config.showValues ? sample : withoutValues(sample)));
    }
    const result = buildResult({
      version: VERSION,
      startedAt: started.at,
      elapsedMs: performance.now() - started.ms,
      seed,
      configHash: hashConfig(config),
      source: describeSide(sides.source),
      target: describeSide(sides.target),
      excluded: pairing.excluded,
      findings: pairing.findings,
      tables: results,
      interrupted: hooks.signal.aborted,
    });
    hooks.onEvent({ type: 'run:end', verdict: result.verdict });
    return {
      result,
      differences: () => readDifferences(spool, tables),
      repair: repairCatalog === null ? null : repairFacts(repairCatalog, spool, tables),
      close: () => spool.close(),
    };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

function pairSides(config: RunConfig, { source, target }: Record<Side, OpenSide>): TablePairing {
  if (source.catalog.identity === target.catalog.identity) {
    throw new RowproofError({
      code: 'usage',
      message: 'Source and target are the same schema of the same server.',
      hint: 'A database always equals itself: check the two URLs.',
    });
  }
  assertNamesExist(config, source.catalog, target.catalog);
  const pairing = pairTables(source.catalog, target.catalog, compileScope(config));
  if (pairing.tables.length > 0) return pairing;
  throw new RowproofError({
    code: 'nothing-to-compare',
    message: `There is no table to compare in ${source.catalog.schema} on the source.`,
    hint: 'Check the schema of the URL, --tables and --exclude.',
  });
}

interface Reading {
  readonly config: RunConfig;
  readonly hooks: RunHooks;
  readonly sides: Record<Side, OpenSide>;
  readonly tables: readonly TableProgress[];
  readonly spool: Spool;
  readonly seed: bigint;
}

async function readTables({ config, hooks, sides, tables, spool, seed }: Reading): Promise<void> {
  const pairs = tables.map((table) => table.planned.pair).filter((pair) => pair !== null);
  const estimates = pairs.map((pair) => pair.source.estimatedRows);
  hooks.onEvent({
    type: 'run:start',
    tables: tables.length,
    estimatedRows: estimates.reduce(
      (sum, rows) => (sum === null || rows === null ? null : sum + rows),
      0 as number | null,
    ),
  });
  const connections = { source: sides.source.settings, target: sides.target.settings };
  const pool = createWorkerPool({ connections, pairs, seed }, config.workers);
  const onAbort = (): void => void pool.cancel();
  hooks.signal.addEventListener('abort', onAbort, { once: true });
  try {
    await runTables({
      tables,
      pool,
      spool,
      planning: sides.source,
      workers: config.workers,
      chunkRows: config.chunkRows,
      onEvent: hooks.onEvent,
      signal: hooks.signal,
      now: () => performance.now(),
    });
  } finally {
    hooks.signal.removeEventListener('abort', onAbort);
    await pool.close();
  }
  if (!hooks.signal.aborted) return;
  for (const table of tables) if (table.openSegments !== 0 && table.planned.pair !== null) table.interrupt();
}

function describeSide({ catalog, settings }: OpenSide): SideResult {
  return { engine: catalog.engine, version: catalog.version, url: describeServer(settings) };
}

async function* readDifferences(
  spool: Spool,
  tables: readonly TableProgress[],
): AsyncGenerator<TableDifference> {
  for (const { planned, segments } of tables) {
    if (planned.target === null) continue;
    const table = qualifiedName(planned.target);
    for await (const difference of spool.read(planned.id, segments)) yield { table, difference };
  }
}

function readRepairCatalog({ engine, session, catalog }: OpenSide): Promise<RepairCatalog> {
  const { schema: name, tables, version } = catalog;
  return engine.readRepairCatalog(session, { name, tables, version });
}

function repairFacts(catalog: RepairCatalog, spool: Spool, tables: readonly TableProgress[]): RepairFacts {
  return {
    pairs: tables.map((table) => table.planned.pair).filter((pair) => pair !== null),
    catalog,
    read: async function* (name) {
      for (const { planned, segments } of tables) {
        if (planned.target === null || qualifiedName(planned.target) !== name) continue;
        yield* spool.read(planned.id, segments);
      }
    },
  };
}
