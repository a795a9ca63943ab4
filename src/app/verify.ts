import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { assertResolved } from '../config/assert-resolved.js';
import { hashConfig } from '../config/config-hash.js';
import type { RunConfig } from '../config/run-config.js';
import { VERSION } from '../config/version.js';
import type { Diagnosis } from '../core/diagnosis.js';
import type { RowDifference } from '../core/difference.js';
import { emitInTurn, type RunListener } from '../core/event.js';
import type { Finding } from '../core/finding.js';
import { type Log, NO_LOG } from '../core/log.js';
import { qualifiedName } from '../core/pairing.js';
import { refuseUnknownNames } from '../core/refuse-unknown-names.js';
import type { RunResult, TableResult } from '../core/result.js';
import type { RepairFacts } from '../repair/survey.js';
import { createWorkerPool, type WorkerPool } from '../runners/pool.js';
import { buildResult, readSample, withoutValues } from '../state/build-result.js';
import { Spool } from '../state/spool.js';
import type { TableRecord } from '../state/table-record.js';
import type { TableState } from '../state/table-state.js';
import { createSharedLoad } from '../tasks/shared-load.js';
import { WaiverBook } from '../waivers/waiver-book.js';
import { assertAble } from './assert-able.js';
import { withBareNames } from './bare-names.js';
import { comparisonFacts } from './comparison-facts.js';
import { DiagnosisRun } from './diagnose-run.js';
import { examineRepair } from './examine-repair.js';
import { noteHiddenRows } from './hidden-by-condition.js';
import { interruptedBy, limitRuntime } from './limit-runtime.js';
import { describeFailure, logEvents, logPlan, logResult } from './log-run.js';
import { lookAtSchemaAgain } from './look-at-schema-again.js';
import { findFewRows, noteFewRows } from './min-rows.js';
import { catalogsOf, describeSide, pairSides, withOpenSides } from './open-run.js';
import { openState } from './open-state.js';
import type { PartOutcome } from './part-outcome.js';
import { type OpenRun, type Reading, readInTime } from './read-tables.js';
import { readRepairCatalog, readTable, repairFacts } from './repair-facts.js';
import { RunLoad } from './run-load.js';
import { RunningSitting, type Sitting, seedOf } from './sitting.js';
import { withPatternsSpread } from './spread-patterns.js';
import { limitsOf, modeOf, readsRows } from './table-modes.js';
import { type WaivedRows, waiveRows } from './waive-rows.js';
import { tellWaivers } from './waiver-findings.js';

/** Who listens to a run, and how to stop it. */
export interface RunHooks {
  /** Is told events one at a time; the run waits for the promise that it returns, and ends with its error. */
  readonly onEvent?: RunListener;
  readonly signal?: AbortSignal;
  /** Whether every differing row is told as `row:differs`; true unless said otherwise. */
  readonly rowEvents?: boolean;
  /** Also read what repair SQL must know of the target. */
  readonly wantsRepair?: boolean;
  /** Is told what the user should read although the run goes on, such as a password file that was passed over. */
  readonly onWarning?: (sentence: string) => void;
  /** Is told what the run does, decides and survives; made by `createLog`. */
  readonly log?: Log;
  /** Which sitting of a run this is, and where it keeps what it learns; by default the only one, which keeps nothing. */
  readonly sitting?: Sitting;
  /** Differences that were accepted; made by `readWaivers`. */
  readonly waivers?: WaiverBook;
}

const ONLY_SITTING: Sitting = {
  journal: null,
  earlier: null,
  isSameData: false,
  share: null,
  parts: null,
  rotation: null,
};

/** The names of all hooks. */
export const HOOKS: readonly (keyof RunHooks)[] = [
  'onEvent',
  'signal',
  'rowEvents',
  'wantsRepair',
  'onWarning',
  'log',
  'sitting',
  'waivers',
];

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
  /** What a part of a planned run leaves; null where it is all of a run, or came not to its end. */
  readonly part: PartOutcome | null;
  /** The run that another sitting can go on with, where rows are open and something was kept; else null. */
  readonly resumable: string | null;
  /** Deletes the differences from disk, and what was kept of the run where nothing of it is open. */
  close(): Promise<void>;
}

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
  const { onEvent, rowEvents = true, wantsRepair = false, sitting = ONLY_SITTING } = hooks;
  const limit = limitRuntime(config.maxRuntimeMs, hooks.signal);
  const { signal } = limit;
  const log = (hooks.log ?? NO_LOG).with({ thread: 'main' });
  const wishes = {
    emit: emitInTurn(logEvents(log, onEvent)),
    signal,
    rowEvents: rowEvents && onEvent !== undefined,
    wantsRepair,
    log,
    sitting: new RunningSitting(sitting),
    stoppedBy: limit.stoppedBy,
  };
  const seed = seedOf(sitting) ?? config.seed ?? randomBytes(8).readBigUInt64BE();
  const waivers = hooks.waivers ?? WaiverBook.empty();
  const schemes = [config.sourceUrl, config.targetUrl].map((url) => url.slice(0, url.indexOf(':')));
  const load = createSharedLoad(limitsOf(config));
  const pool = readsRows(config) ? makePool({ seed, schemes, load, log }, config.workers) : null;
  // Only of a run over the whole schema it is known before its tables are how long it takes.
  const onRows = config.tables.length === 0 ? (rows: number) => pool?.expect(rows) : undefined;
  try {
    log.info('run:begin', () => ({
      rowproof: VERSION,
      node: process.version,
      mode: config.mode,
      workers: config.workers,
    }));
    return await withOpenSides(
      config,
      (sides) => verifyOpenSides({ config, wishes, sides, pool, seed, load }, { onRecord, waivers }),
      { onWarning: hooks.onWarning, stop: signal, onChosen: wishes.emit, log, onRows },
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

async function verifyOpenSides(
  opened: OpenRun,
  { onRecord, waivers: book }: Required<Pick<RunMakers, 'onRecord'>> & { readonly waivers: WaiverBook },
): Promise<VerifyOutcome> {
  const { wishes, sides, seed } = opened;
  assertAble(opened.config, sides, wishes);
  const catalogs = catalogsOf(sides);
  const asked = withBareNames(opened.config, catalogs);
  const config = withPatternsSpread(asked, catalogs.source);
  const run = { ...opened, config };
  const started = { at: new Date(), ms: performance.now() };
  const pairing = await pairSides(config, sides);
  const repairCatalog = wishes.wantsRepair ? await readRepairCatalog(sides.target) : null;
  const tellRecord: typeof onRecord = (table, record) => {
    onRecord(table, record);
    wishes.sitting.learn(table, record);
  };
  const planned = pairing.tables.map((table) => openState(table, modeOf(config, table), tellRecord));
  const spool = await Spool.create(tmpdir());
  try {
    const load = new RunLoad({ ...wishes, limits: limitsOf(config), shared: run.load, sides });
    const facts = comparisonFacts({ config: asked, sides, tables: planned, seed });
    const tables = wishes.sitting.begin(facts, planned, spool);
    const reading = { ...run, sides: load.sides, tables, spool, control: load };
    logPlan(wishes.log, pairing.tables);
    await readInTime(reading);
    const schemaFindings = await lookAtSchemaAgain(reading);
    const closing = run.pool?.close();
    // No session stays idle, and no thread in memory, while differences are explained.
    if (tables.some(({ differences }) => differences > 0)) await closing;
    const { diagnoses, strangers } = await load.watchDuring(() => explainTables(reading));
    const read = ({ planned, stored }: TableState) => spool.readBatches(planned.id, stored);
    const waived = await waiveRows({ book, tables, diagnoses, read });
    const wanted = repairCatalog === null ? null : repairFacts(repairCatalog, { spool, tables, waived });
    const repair = wanted === null ? null : await examineRepair({ sides, tables, facts: wanted });
    if (wanted === null && !wishes.signal.aborted) {
      await noteHiddenRows({ sides, tables, read: (name) => readTable(spool, tables, name) });
    }
    const results = await finishTables(reading, { diagnoses, waived });
    await closing;
    const result = buildResult({
      version: VERSION,
      startedAt: started.at,
      elapsedMs: performance.now() - started.ms,
      mode: config.mode,
      ratio: config.mode === 'spot' ? config.ratio : null,
      seed,
      hashes: hashConfig(asked),
      load: load.describe(),
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
      differences: () => readDifferences(reading, waived),
      repair,
      part: wishes.sitting.describePart({
        tables,
        spool,
        startedAt: started.at,
        showValues: config.showValues,
      }),
      resumable: wishes.sitting.findResumable(tables),
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

interface ExplainedTables {
  readonly diagnoses: ReadonlyMap<TableState, readonly Diagnosis[]>;
  readonly strangers: readonly Finding[];
}

/** Says of each table why its rows differ, as far as that can be said. */
async function explainTables({ config, sides, tables, spool, wishes }: Reading): Promise<ExplainedTables> {
  const diagnosing = new DiagnosisRun({ config, sides, spool, signal: wishes.signal });
  try {
    const diagnoses = new Map<TableState, readonly Diagnosis[]>();
    for (const table of tables) {
      if (!wishes.signal.aborted && !wishes.sitting.readsSome) noteFewRows(config, table);
      diagnoses.set(table, await diagnosing.diagnose(table));
    }
    return { diagnoses, strangers: diagnosing.findStrangers() };
  } finally {
    await diagnosing.close();
  }
}

/** Makes the results of the tables, with what was said of why their rows differ and what of them was accepted. */
async function finishTables(
  { config, tables, spool }: Reading,
  { diagnoses, waived }: Pick<ExplainedTables, 'diagnoses'> & { readonly waived: WaivedRows },
): Promise<TableResult[]> {
  const results = [];
  for (const table of tables) {
    const rows = await readSample(spool, table);
    const sample = rows.map((row) => waived.markRow(table.name, row));
    const shown = config.showValues ? sample : withoutValues(sample);
    results.push(table.toResult(shown, diagnoses.get(table), waived.countOf(table.name)));
  }
  return results;
}

/** Whether nothing of both sides was left out by name. */
function isWhole({ tables, exclude }: RunConfig): boolean {
  return tables.length === 0 && exclude.length === 0;
}

async function* readDifferences(
  { spool, tables }: Reading,
  waived: WaivedRows,
): AsyncGenerator<TableDifference> {
  for (const { planned, stored } of tables) {
    if (planned.target === null) continue;
    const table = qualifiedName(planned.target);
    for await (const difference of waived.mark(table, spool.read(planned.id, stored)))
      yield { table, difference };
  }
}
