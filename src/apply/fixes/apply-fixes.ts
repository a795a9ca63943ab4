import { readFileSync } from 'node:fs';
import { logWarnings } from '../../app/log-run.js';
import { openSide } from '../../app/open-side.js';
import { describeServer } from '../../app/side-failure.js';
import { readDatabaseUrl } from '../../config/database-url.js';
import { processEnvironment, type WarningListener, warnOfProcess } from '../../config/environment.js';
import { assertUrls } from '../../config/resolve-side.js';
import { RowproofError } from '../../core/errors.js';
import { type Log, NO_LOG } from '../../core/log.js';
import { logWriter } from '../../engines/log-write-sessions.js';
import { writeDialectFor } from '../../engines/write-registry.js';
import { type FixesHeader, readFixes, readFixesHeader, type WantedFix } from './read-fixes.js';

/** A file of fixes, the server that it is for, and who is asked and told. */
export interface FixesOptions {
  readonly path: string;
  readonly url: string;
  readonly dryRun: boolean;
  /** Takes a server of another identity for the one of the file. */
  readonly otherTarget: boolean;
  /** Asked once before anything is run; nothing is where it says false. */
  readonly confirm: (plan: FixesPlan) => Promise<boolean>;
  readonly onWarning?: WarningListener;
  readonly log?: Log;
  readonly signal: AbortSignal;
}

/** What will be run. */
export interface FixesPlan {
  readonly header: FixesHeader;
  /** Without account and password. */
  readonly server: string;
  readonly wanted: readonly WantedFix[];
  readonly commented: number;
}

/** A statement that the server refused, in its words. */
export interface RefusedFix extends WantedFix {
  readonly reason: string;
}

/** What became of a file of fixes. */
export interface FixesResult {
  readonly plan: FixesPlan;
  readonly applied: number;
  readonly refused: readonly RefusedFix[];
  /** Statements that an interrupted run did not get to. */
  readonly open: number;
}

/**
 * Runs the statements of a file of fixes that are not commented out, each by itself, going on behind one that the server refuses.
 * Throws a `usage` error where the file is not ours, or is for another server, before anything was run.
 */
export async function applyFixes(options: FixesOptions): Promise<FixesResult> {
  const log = (options.log ?? NO_LOG).with({ thread: 'main' });
  const text = readFileSync(options.path, 'utf8');
  const header = readFixesHeader(text, options.path);
  const url = readDatabaseUrl(options.url, 'target');
  assertUrls([{ side: 'target', url }], { looksAtFiles: true });
  const environment = processEnvironment(logWarnings(log, options.onWarning ?? warnOfProcess));
  const open = await openSide({ side: 'target', url, environment, stop: options.signal, log });
  const { engine, settings, session, catalog } = open;
  await open.close();
  const rules = await engine.can.gate?.load();
  const write = rules?.writeFix ?? (() => null);
  const found = {
    engine: catalog.engine,
    schema: catalog.schema,
    server: session.server.id,
    started: session.server.started,
  };
  assertServer(header, found, options);
  const fixes = readFixes(text, { path: options.path, write });
  const plan = { header, ...fixes, server: describeServer(settings) };
  const nothing = { plan, applied: 0, refused: [], open: fixes.wanted.length };
  if (options.dryRun || fixes.wanted.length === 0) return nothing;
  if (!(await options.confirm(plan)))
    throw new RowproofError({ code: 'usage', message: 'Nothing was applied: it was not confirmed.' });
  const dialect = logWriter(writeDialectFor(url.slice(0, url.indexOf(':'))), log.with({ side: 'target' }));
  const writer = await dialect.open(settings, options.signal);
  const refused: RefusedFix[] = [];
  let done = 0;
  try {
    for (const fix of fixes.wanted) {
      if (options.signal.aborted) break;
      try {
        await writer.query(fix.statement);
      } catch (error) {
        if (writer.broken) throw error;
        refused.push({ ...fix, reason: engine.classifyError(error).message });
      }
      done++;
    }
  } finally {
    await writer.close();
  }
  return { plan, applied: done - refused.length, refused, open: fixes.wanted.length - done };
}

/** Statements for one server do harm on another: a number is raised on the wrong side, an index lands where nobody looks. */
function assertServer(
  header: FixesHeader,
  found: Pick<FixesHeader, 'engine' | 'schema' | 'server' | 'started'>,
  { path, otherTarget }: Pick<FixesOptions, 'path' | 'otherTarget'>,
): void {
  const isSameKind = header.engine === found.engine && header.schema === found.schema;
  // A physical copy is known by the same identifier, but not since the same moment.
  const isSameServer = header.server === found.server && header.started === found.started;
  if (isSameKind && (isSameServer || otherTarget)) return;
  const why = isSameKind
    ? 'the server says that it is another one, or was started again since'
    : `this is schema ${found.schema} of ${found.engine}`;
  throw new RowproofError({
    code: 'usage',
    message: `${path} is for the ${header.side}, ${header.engine} at ${header.url}, schema ${header.schema}, and ${why}.`,
    hint: 'Name the server that it was written for with --target. Nothing was applied.',
  });
}
