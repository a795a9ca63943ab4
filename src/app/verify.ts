import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { assertResolved } from '../config/assert-resolved.js';
import { hashConfig } from '../config/config-hash.js';
import { warnOfProcess } from '../config/environment.js';
import type { RunConfig } from '../config/run-config.js';
import { VERSION } from '../config/version.js';
import type { HashKey } from '../core/disclosure.js';
import { emitInTurn } from '../core/event.js';
import { NO_LOG } from '../core/log.js';
import type { Side } from '../core/pairing.js';
import { refuseUnknownNames } from '../core/refuse-unknown-names.js';
import { createWorkerPool, type WorkerPool } from '../runners/pool.js';
import { buildResult } from '../state/build-result.js';
import { Spool } from '../state/spool.js';
import type { TableRecord } from '../state/table-record.js';
import type { TableState } from '../state/table-state.js';
import { createSharedLoad } from '../tasks/shared-load.js';
import { WaiverBook } from '../waivers/waiver-book.js';
import { assertAble } from './assert-able.js';
import { withBareNames } from './bare-names.js';
import { chooseWorkers, numberWorkers } from './choose-workers.js';
import { comparisonFacts } from './comparison-facts.js';
import { describeServers } from './describe-servers.js';
import { openKeyHasher, RowTeller } from './disclose-rows.js';
import type { examineRepair as ExamineRepair } from './examine-repair.js';
import { explainTables, finishTables } from './finish-tables.js';
import { readWriteMarks } from './gate/write-marks.js';
import { estimateDiffering, keepsRowsOf, listDifferences } from './kept-rows.js';
import { makeLeaveRule } from './leave-rule.js';
import { interruptedBy, limitRuntime } from './limit-runtime.js';
import { describeFailure, logEvents, logPlan, logResult } from './log-run.js';
import { lookAtSchemaAgain } from './look-at-schema-again.js';
import { findFewRows } from './min-rows.js';
import { catalogsOf, describeSide, pairSides, withOpenSides } from './open-run.js';
import { openState } from './open-state.js';
import { waitForServers } from './patient-sides.js';
import { type OpenRun, readInTime } from './read-tables.js';
import { readRepairCatalog, readTable, repairFacts } from './repair-facts.js';
import { Replication } from './replication.js';
import { HOOKS, type RunHooks, type VerifyOutcome } from './run-hooks.js';
import { RunLoad } from './run-load.js';
import { makeSnapshots, startPausedReplica } from './run-snapshots.js';
import { RunningSitting, type Sitting, seedOf } from './sitting.js';
import { withPatternsSpread } from './spread-patterns.js';
import { limitsOf, modeOf, readsRows } from './table-modes.js';
import { waiveRows } from './waive-rows.js';
import { tellWaivers } from './waiver-findings.js';
import { watchServers } from './watch-servers.js';

const ONLY_SITTING: Sitting = {
  journal: null,
  earlier: null,
  isSameData: false,
  share: null,
  parts: null,
  rotation: null,
};

/**
 * Compares two databases and resolves with what was found; differences are a result, not an error.
 *
 * Rejects with a RowproofError where nothing could be compared: wrong usage, no connection, nothing in scope. An abort
 * resolves with what was verified until then.
 */
export function verify(config: RunConfig, hooks: RunHooks = {}): Promise<VerifyOutcome> {
  return verifyWith({ makePool: createWorkerPool }, config, hooks);
}

/** What a run is made from that others may make. */
export interface RunMakers {
  readonly makePool: (...of: Parameters<typeof createWorkerPool>) => WorkerPool;
  /** Is told each thing that the run learns of a table, in order. */
  readonly onRecord?: (table: TableState, record: TableRecord) => void;
}

/** Verifies with workers that somebody else makes. */
export async function verifyWith(
  { makePool, onRecord = () => undefined }: RunMakers,
  config: RunConfig,
  hooks: RunHooks,
): Promise<VerifyOutcome> {
  assertResolved(config);
  refuseUnknownNames(hooks, { of: 'verify', known: HOOKS });
  const { onEvent, rowEvents = true, wantsRepair = false } = hooks;
  const { wantsServers = false, wantsMarks = false, lagWithinMs = null, sitting = ONLY_SITTING } = hooks;
  const limit = limitRuntime(config.maxRuntimeMs, hooks.signal);
  const { signal } = limit;
  const log = (hooks.log ?? NO_LOG).with({ thread: 'main' });
  const wishes = {
    emit: emitInTurn(logEvents(log, onEvent)),
    signal,
    rowEvents: rowEvents && onEvent !== undefined,
    keepsRows: keepsRowsOf(hooks),
    wantsRepair,
    wantsServers,
    wantsMarks,
    lagWithinMs,
    log,
    warn: hooks.onWarning ?? warnOfProcess,
    sitting: new RunningSitting(sitting),
    stoppedBy: limit.stoppedBy,
  };
  const hashKey = openKeyHasher(config, process.env);
  const seed = seedOf(sitting) ?? config.seed ?? randomBytes(8).readBigUInt64BE();
  const waivers = hooks.waivers ?? WaiverBook.empty();
  const schemes = [config.sourceUrl, config.targetUrl].map((url) => url.slice(0, url.indexOf(':')));
  const load = createSharedLoad(limitsOf(config));
  const pool = readsRows(config) ? makePool({ seed, schemes, load, log }, numberWorkers(config)) : null;
  // Only of a run over the whole schema it is known before its tables are how long it takes.
  const onRows = config.tables.length === 0 ? (rows: number) => pool?.expect(rows) : undefined;
  const onSilence = (side: Side, silentMs: number): void => {
    // A listener that fails ends the run where its next event is waited for.
    void wishes.emit({ type: 'server:silent', side, silentMs: Math.round(silentMs) }).catch(() => undefined);
  };
  try {
    log.info('run:begin', () => ({
      rowproof: VERSION,
      node: process.version,
      mode: config.mode,
      workers: config.workers,
    }));
    return await withOpenSides(
      config,
      (sides) =>
        verifyOpenSides(
          { config, wishes, sides, pool, seed, load, hashKey },
          { onRecord, waivers, mostKnown: hooks.mostKnown ?? (() => 0) },
        ),
      { onWarning: hooks.onWarning, stop: signal, onChosen: wishes.emit, log, onRows, onSilence },
    );
  } catch (error) {
    log.error('run:fail', () => describeFailure(log, error));
    sitting.journal?.abandon();
    throw signal.aborted ? interruptedBy(error, limit) : error;
  } finally {
    limit.end();
    await pool?.close();
  }
}

/** What a run is watched by, and held against. */
type Watching = Required<Pick<RunMakers, 'onRecord'> & Pick<RunHooks, 'waivers' | 'mostKnown'>>;

async function verifyOpenSides(
  { hashKey, ...opened }: OpenRun & { readonly hashKey: HashKey | null },
  { onRecord, waivers: book, mostKnown }: Watching,
): Promise<VerifyOutcome> {
  const { wishes, sides, seed } = opened;
  await startPausedReplica(sides, wishes);
  assertAble(opened.config, sides, wishes);
  const catalogs = catalogsOf(sides);
  const asked = withBareNames(opened.config, catalogs);
  const config = withPatternsSpread(asked, catalogs.source);
  const teller = new RowTeller({ ...config, hashKey });
  const run = { ...opened, config, teller };
  const started = { at: new Date(), ms: performance.now() };
  const pairing = await pairSides(config, sides);
  const repairCatalog = wishes.wantsRepair ? await readRepairCatalog(sides.target) : null;
  const tellRecord: typeof onRecord = (table, record) => {
    onRecord(table, record);
    wishes.sitting.learn(table, record);
  };
  const planned = pairing.tables.map((table) =>
    openState(table, modeOf(config, table), { onRecord: tellRecord, showsKeys: teller.showsKeys }),
  );
  const spool = await Spool.create(tmpdir());
  try {
    const servers = wishes.wantsServers ? await describeServers(sides, wishes.log) : null;
    const load = new RunLoad({ ...wishes, limits: limitsOf(config), shared: run.load, sides });
    const facts = comparisonFacts({ config: asked, sides, tables: planned, seed });
    const tables = wishes.sitting.begin(facts, planned, spool);
    const chosen = await chooseWorkers(config, sides);
    const outage = watchServers(run, { load, workers: chosen.workers });
    const patient = waitForServers(load.sides, outage.servers);
    const { signal } = wishes;
    const isResumed = wishes.sitting.sitting.earlier !== null;
    const marks =
      wishes.wantsMarks && !isResumed ? await readWriteMarks({ sides, tables: pairing.tables }) : null;
    const replication = await Replication.open({ ...run, sides: patient, tables, signal, isResumed });
    const snapshots = makeSnapshots(run, load);
    const reading = {
      ...{ ...run, sides: patient, tables, spool, control: load, replication, snapshots },
      ...outage,
      chosen,
      leaving: makeLeaveRule({ ...config, book, mostKnown, openOf: (table) => wishes.sitting.openOf(table) }),
    };
    logPlan(wishes.log, pairing.tables);
    const canaries = await readInTime(reading);
    const schemaFindings = await lookAtSchemaAgain(reading);
    const closing = run.pool?.close();
    // No session stays idle, and no thread in memory, while differences are explained.
    if (tables.some(({ differences }) => differences > 0)) await closing;
    const { diagnoses, strangers } = await load.watchDuring(() => explainTables(reading));
    const read = ({ planned, stored }: TableState) => spool.readBatches(planned.id, stored);
    const waived = await waiveRows({ book, tables, diagnoses, read });
    const wanted = repairCatalog === null ? null : repairFacts(repairCatalog, { spool, tables, waived });
    const repair = wanted === null ? null : await examine({ sides, tables, facts: wanted });
    if (wanted === null && !wishes.signal.aborted && tables.some(({ differences }) => differences > 0)) {
      const { noteHiddenRows } = await import('./hidden-by-condition.js');
      await noteHiddenRows({ sides, tables, read: (name) => readTable(spool, tables, name) });
    }
    const results = await finishTables(reading, { diagnoses, waived, canaries, marks });
    await closing;
    const result = buildResult({
      version: VERSION,
      startedAt: started.at,
      elapsedMs: performance.now() - started.ms,
      lookedMs: replication.lookedMs,
      mode: config.mode,
      ratio: config.mode === 'spot' ? config.ratio : null,
      seed,
      hashes: hashConfig(asked),
      consistency: snapshots?.consistency(!wishes.sitting.readsSome && !isResumed) ?? 'chunk',
      snapshot: snapshots?.describe() ?? null,
      load: load.describe(),
      workers: run.pool === null ? null : chosen.lanes.describe(),
      replication: await replication.describe(wishes.lagWithinMs),
      hidden: teller.describeHidden(pairing.tables),
      source: describeSide(sides.source),
      target: describeSide(sides.target),
      notLookedAt: pairing.notLookedAt,
      excluded: pairing.excluded,
      conditions: pairing.conditions,
      findings: [
        ...sides.source.findings,
        ...sides.target.findings,
        ...pairing.findings,
        ...(await wishes.sitting.listFindings()),
        ...schemaFindings,
        ...strangers,
        ...(run.pool?.findings() ?? []),
        ...outage.servers.findings(),
        ...outage.slots.findings(),
        ...(snapshots?.findings() ?? []),
        ...(wishes.signal.aborted || wishes.sitting.readsSome ? [] : findFewRows(config, results)),
        ...tellWaivers({
          book,
          waived,
          tables,
          diagnoses,
          isWholeScope: isWhole(config) && !wishes.sitting.readsSome,
        }),
      ],
      tables: results,
      waivers: waived.uses,
      interrupted: wishes.signal.aborted,
      stoppedBy: wishes.stoppedBy(),
      ...wishes.sitting.describe(),
    });
    logResult(wishes.log, result);
    await wishes.emit({ type: 'run:end', verdict: result.verdict });
    return {
      result,
      differences: (edit) => listDifferences(reading, { waived, edit }),
      repair,
      servers,
      part: wishes.sitting.describePart({
        tables,
        spool,
        startedAt: started.at,
        showValues: config.showValues,
      }),
      resumable: wishes.sitting.findResumable(tables),
      differingBytes: estimateDiffering(tables),
      close: async () => {
        wishes.sitting.end({ tables, verdict: result.verdict });
        await spool.close();
      },
    };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

/** Loaded late: only a repair asks what servers would refuse of it. */
const examine: typeof ExamineRepair = async (examination) =>
  (await import('./examine-repair.js')).examineRepair(examination);

/** Whether nothing of both sides was left out by name. */
function isWhole({ tables, exclude }: RunConfig): boolean {
  return tables.length === 0 && exclude.length === 0;
}
