import { type FileHandle, open } from 'node:fs/promises';
import { describeFailure as describeError, logWarnings } from '../app/log-run.js';
import { describeServer } from '../app/side-failure.js';
import { readDatabaseUrl } from '../config/database-url.js';
import { processEnvironment, warnOfProcess } from '../config/environment.js';
import { whyNotRead } from '../config/file-reason.js';
import { redactPasswords } from '../config/redact-passwords.js';
import { assertUrls } from '../config/resolve-side.js';
import { RowproofError } from '../core/errors.js';
import { type Log, NO_LOG } from '../core/log.js';
import type { Environment } from '../engines/connection-settings.js';
import { logWriter } from '../engines/log-write-sessions.js';
import { writeDialectFor } from '../engines/write-registry.js';
import type { ApplyOptions } from './apply-options.js';
import type { ApplyPlan, ApplyResult } from './apply-result.js';
import { applyRows } from './apply-rows.js';
import { checkTarget } from './check-target.js';
import { prepareTables, readTargetFacts } from './open-target.js';
import { RowTally } from './row-tally.js';
import { type FileSurvey, surveyFile } from './survey-file.js';
import { buildUndoFrame, chooseUndoPath } from './undo-file.js';
import { finishJournal, type UndoFrame, UndoJournal } from './undo-journal.js';
import { assertUndoPlace } from './undo-place.js';
import type { AppliedTable } from './undo-statement.js';
import { verifyRows } from './verify-rows.js';
import { WriteConnection } from './write-connection.js';

const DEFAULT_LOCK_TIMEOUT_MS = 5_000;

/**
 * Applies a repair file, or an undo file, to the target: in bounded transactions, going on behind rows that the server
 * refuses, with an undo file of what was really done. It is the only part of Rowproof that writes to a database.
 *
 * Applied again, it does only what is still to be done. Throws a RowproofError: `usage` where the file is not one that
 * Rowproof wrote or not for this target, before anything was written; `connect` and the like where it could not go on.
 */
export async function applyRepair(options: ApplyOptions): Promise<ApplyResult> {
  const file = await openRepair(options.path);
  const log = (options.log ?? NO_LOG).with({ thread: 'main' });
  const onWarning = logWarnings(log, options.onWarning ?? warnOfProcess);
  try {
    const undoPath = options.undoPath ?? null;
    if (undoPath !== null || options.dryRun !== true) assertUndoPlace(options.path, undoPath);
    const result = await applyFile(file, options, { log, environment: processEnvironment(onWarning) });
    const { plan: _, format: __, ...counts } = result;
    log.info('apply:result', () => counts);
    return result;
  } catch (error) {
    log.error('apply:fail', () => describeError(log, error));
    throw error;
  } finally {
    await file.close();
  }
}

async function openRepair(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r');
    if ((await file.stat()).isFile()) return file;
    await file.close();
    throw new Error('it is no regular file');
  } catch (error) {
    throw new RowproofError({
      code: 'usage',
      message: `Cannot read ${path}: ${whyNotRead(error)}.`,
      hint: 'Name a file that rowproof verify --repair wrote.',
    });
  }
}

async function applyFile(
  file: FileHandle,
  options: ApplyOptions,
  { environment, log }: { readonly environment: Environment; readonly log: Log },
): Promise<ApplyResult> {
  const { path, signal = new AbortController().signal } = options;
  const targetUrl = readDatabaseUrl(options.targetUrl, 'target');
  assertUrls([{ side: 'target', url: targetUrl }], { looksAtFiles: true });
  const scheme = targetUrl.slice(0, targetUrl.indexOf(':'));
  const dialect = logWriter(writeDialectFor(scheme), log.with({ side: 'target' }));
  const toldPath = options.toldPath ?? null;
  const survey = await surveyFile({ path, file, dialect, toldPath });
  const facts = await readTargetFacts(targetUrl, { environment, stop: signal, log });
  const { catalog, engine, settings } = facts;
  const url = describeServer(settings);
  checkTarget(survey, { engine: catalog.engine, schema: catalog.schema, url }, options.otherTarget ?? false);
  const writing = {
    lockTimeoutMs: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
    statementTimeoutMs: settings.statementTimeoutMs,
    settings: survey.settings,
    server: settings.server,
  };
  const connection = new WriteConnection({
    engine,
    dialect,
    settings,
    options: writing,
    name: url,
    stop: signal,
    log,
  });
  let undoPath: string | null = null;
  try {
    const tables = await connection.read((session) => prepareTables(survey, facts, { session, dialect }));
    // Nobody knows how long the answer takes.
    await connection.close();
    const place = await chooseUndoPath(path, options.undoPath ?? null);
    for (const finished of place.finished) options.onUndoFinished?.(finished);
    const plan = describePlan({ survey, tables, target: url, undoPath: place.path });
    log.info('apply:plan', () => ({
      file: path,
      rows: plan.rows,
      leftAlone: plan.leftAlone,
      undo: place.path,
    }));
    const tally = new RowTally({
      tables,
      lexicon: dialect.lexicon,
      parted: survey.parted,
      onLeft: options.onLeft ?? (() => undefined),
    });
    if (options.dryRun === true || survey.rows === 0)
      return tally.result({ plan, dryRun: options.dryRun ?? false });
    if (options.confirm !== undefined && !(await options.confirm(plan))) {
      throw new RowproofError({ code: 'usage', message: 'Nothing was applied: it was not confirmed.' });
    }
    const target = { engine: catalog.engine, url };
    const frame = buildUndoFrame({
      survey,
      tables,
      target,
      undoPath: place.path,
      startedAt: new Date().toISOString(),
      settings: dialect.undoSettings,
    });
    const parts = { file, survey, connection, tables, tally, signal, onProgress: options.onProgress };
    const onUndo = (written: string): void => {
      undoPath = written;
    };
    await withJournal({ undoPath: place.path, frame, onUndo }, (journal) => applyRows(parts, journal));
    if (!signal.aborted) await verifyRows(parts);
    return tally.result({ plan, dryRun: false, undoPath, interrupted: signal.aborted });
  } catch (error) {
    throw describeFailure(error, { message: engine.classifyError(error).message, url, undoPath });
  } finally {
    await connection.close();
  }
}

interface JournalFacts {
  readonly undoPath: string;
  readonly frame: UndoFrame;
  /** Told where the undo is, if there is any. */
  readonly onUndo: (path: string) => void;
}

/** Puts the undo in order also where applying could not go on: that is when it is needed. */
async function withJournal(
  { undoPath, frame, onUndo }: JournalFacts,
  work: (journal: UndoJournal) => Promise<void>,
): Promise<void> {
  const journal = await UndoJournal.create(undoPath, frame);
  try {
    await work(journal);
  } finally {
    await journal.close();
    if (await finishJournal(undoPath)) onUndo(undoPath);
  }
}

function describePlan({
  survey,
  tables,
  target,
  undoPath,
}: {
  survey: FileSurvey;
  tables: ReadonlyMap<number, AppliedTable>;
  target: string;
  undoPath: string;
}): ApplyPlan {
  const { path, header, rows, leftAlone, unchanged } = survey;
  return {
    file: path,
    direction: header.direction,
    startedAt: header.startedAt,
    target,
    rows,
    leftAlone,
    unchanged,
    undoPath,
    tables: [...survey.tables].map(([number, { schema, name, inserts, updates, deletes }]) => ({
      table: `${schema}.${name}`,
      inserts,
      updates,
      deletes,
      triggers: tables.get(number)?.facts?.triggers ?? [],
    })),
  };
}

interface FailureFacts {
  readonly message: string;
  readonly url: string;
  readonly undoPath: string | null;
}

function describeFailure(error: unknown, { message, url, undoPath }: FailureFacts): unknown {
  if (error instanceof RangeError || error instanceof TypeError) return error;
  const undo = undoPath === null ? '' : `\nWhat was done so far is taken back by ${undoPath}.`;
  if (error instanceof RowproofError) {
    const { code, hint } = error;
    return new RowproofError({ code, message: error.message, hint: `${hint}${undo}`.trim(), cause: error });
  }
  return new RowproofError({
    code: 'output',
    message: `Cannot go on with the target ${url}: ${redactPasswords(message).replace(/\.$/, '')}.`,
    hint: `Apply the file again when the reason is gone.${undo}`,
    cause: error,
  });
}
