import { RowproofError } from '../core/errors.js';
import type { Catalog, SchemaNames, Table } from '../core/schema.js';
import type { AccountFacts } from '../core/server-facts.js';
import type { ApplierOrder, ApplierPlan, ApplierState } from './applier.js';
import { readChecksum, readPartChecksums } from './checksum.js';
import { isColumnPositionReached, isOfColumn, readColumnPosition } from './column-positions.js';
import type { ConnectionSettings } from './connection-settings.js';
import type { Engine, GateRules } from './engine.js';
import { readGateFact, readGateFacts, readProbes, writeFix } from './gate-answers.js';
import { logSqlSession } from './log-sql-session.js';
import type { ReplicationFacts } from './positions.js';
import type { RepairCatalog, RepairScope } from './repair.js';
import type { CodecColumn, RowCodec } from './row-codec.js';
import type { CountRequest, RowSelection } from './row-selection.js';
import type { CatalogRequest, Questions, Session, SessionActivity } from './session.js';
import type {
  SnapshotCost,
  SnapshotFacts,
  SnapshotTables,
  SnapshotWatchRequest,
  WriterLockAnswer,
  WriterLockRequest,
} from './snapshots.js';
import type { ChecksumDialect, Dialect } from './sql-dialect.js';
import type { SqlGate } from './sql-gate.js';
import type { SqlPositions } from './sql-positions.js';
import type { SqlSession } from './sql-session.js';
import type { Lexicon } from './sql-tokens.js';
import { StatementLog } from './statement-log.js';
import type { StoredBytes } from './stored-bytes.js';
import { wrapSession } from './wrap-session.js';

/** What makes an engine of a server that speaks SQL. */
export interface SqlEngineParts
  extends Pick<
    Engine,
    | 'family'
    | 'schemes'
    | 'clientVariables'
    | 'titles'
    | 'spreadUrls'
    | 'resolveConnection'
    | 'loadDriver'
    | 'adviseRebuild'
    | 'classifyError'
    | 'connectHints'
  > {
  readonly dialect: Dialect;
  readonly checksum: ChecksumDialect;
  /** How its statements quote, by which values are told from names in a log. */
  readonly lexicon: Lexicon;
  openSql(settings: ConnectionSettings, stop?: AbortSignal): Promise<SqlSession>;
  cancel(settings: ConnectionSettings, cancelKeys: readonly string[], stop?: AbortSignal): Promise<void>;
  readCatalog(session: SqlSession, request: CatalogRequest): Promise<Catalog>;
  readNames(session: SqlSession, settings: ConnectionSettings): Promise<SchemaNames>;
  readTableSizes(session: SqlSession, tables: readonly Table[]): Promise<ReadonlyMap<string, StoredBytes>>;
  readRepairCatalog(session: SqlSession, scope: RepairScope): Promise<RepairCatalog>;
  compileCodec(session: SqlSession, columns: readonly CodecColumn[]): Promise<RowCodec>;
  readAccount(session: SqlSession): Promise<AccountFacts>;
  /** Milliseconds since 1970 by the server's clock. */
  readClock(session: SqlSession): Promise<number>;
  readLoad(session: SqlSession, ownSessionIds: readonly string[]): Promise<number>;
  readonly positions: SqlPositions;
  /** Loaded late: most runs ask nothing for a gate. */
  loadGate(): Promise<SqlGate>;
  readActivity(session: SqlSession, sessionId: string): Promise<SessionActivity>;
  readonly snapshots: SqlSnapshots;
  /** Absent where a replica cannot be told to stop at a place. */
  readonly applier?: SqlApplier;
}

/** How an engine of SQL servers tells a replica to stop and to go on. */
export interface SqlApplier {
  readPlan(session: SqlSession, source: ReplicationFacts): Promise<ApplierPlan>;
  readState(session: SqlSession): Promise<ApplierState>;
  order(session: SqlSession, order: ApplierOrder): Promise<void>;
}

/** How an engine of SQL servers knows what a snapshot is good for, and what it costs. */
export interface SqlSnapshots {
  readFacts(session: SqlSession, tables: SnapshotTables): Promise<SnapshotFacts>;
  readPlace(session: SqlSession): Promise<string | null>;
  readCost(session: SqlSession, request: SnapshotWatchRequest): Promise<SnapshotCost>;
  lockWriters(session: SqlSession, request: WriterLockRequest): Promise<WriterLockAnswer>;
  unlockWriters(session: SqlSession): Promise<number>;
}

/** Makes an engine that turns what is asked of it into SQL. */
export function createSqlEngine(parts: SqlEngineParts): Engine {
  const { dialect, checksum, cancel, openSql, positions } = parts;
  return {
    ...parts,
    open: async (settings, stop, log) => {
      const session = await openSql(settings, stop);
      const told = log === undefined ? session : logSqlSession(session, new StatementLog(log, parts.lexicon));
      return answerInSql(told, parts);
    },
    describe: (selection) => dialect.buildSelect(selection),
    describeCount: ({ table, where }) => dialect.buildCount(table, where),
    can: {
      cancel,
      checksum,
      positions,
      gate: { load: async () => gateRules(await parts.loadGate()) },
      ...{
        names: true,
        estimate: true,
        sizes: true,
        load: true,
        activity: true,
        repair: true,
        snapshots: true,
      },
      applier: parts.applier !== undefined,
    },
  };
}

type Answers = {
  readonly [Kind in keyof Questions]: (about: Questions[Kind]['about']) => Promise<Questions[Kind]['answer']>;
};

/** A session that answers questions by statements of its own. */
export function answerInSql(session: SqlSession, parts: SqlEngineParts): Session {
  const { dialect } = parts;
  const answers: Answers = {
    ...answerAboutRows(session, parts),
    ...answerAboutChecksums(session, parts.checksum),
    ...answerAboutPositions(session, parts.positions),
    ...answerAboutGate(session, parts),
    ...answerAboutApplier(session, parts.applier),
    'begin-snapshot': (start) => session.beginSnapshot(start),
    'snapshot-place': () => parts.snapshots.readPlace(session),
    'snapshot-facts': (tables) => parts.snapshots.readFacts(session, tables),
    'snapshot-cost': (request) => parts.snapshots.readCost(session, request),
    'lock-writers': (request) => parts.snapshots.lockWriters(session, request),
    'unlock-writers': () => parts.snapshots.unlockWriters(session),
    catalog: (request) => session.together(() => parts.readCatalog(session, request)),
    names: (settings) => session.together(() => parts.readNames(session, settings)),
    codec: (columns) => parts.compileCodec(session, columns),
    sizes: (tables) => parts.readTableSizes(session, tables),
    account: () => parts.readAccount(session),
    clock: () => parts.readClock(session),
    load: (ownSessionIds) => parts.readLoad(session, ownSessionIds),
    activity: (sessionId) => parts.readActivity(session, sessionId),
    'repair-catalog': (scope) => parts.readRepairCatalog(session, scope),
    'repair-question': (sql) => session.query(sql),
  };
  return wrapSession(() => session, {
    readRows: (selection, onSpan) =>
      session.readRows(dialect.buildSelect(selection), selection.columns, onSpan),
    ask: (kind, about) => answers[kind](about),
  });
}

function answerAboutRows(
  session: SqlSession,
  { dialect }: SqlEngineParts,
): Pick<Answers, 'count' | 'condition' | 'duplicates' | 'estimate'> {
  const { rowSettings } = dialect;
  return {
    count: async ({ table, where }: CountRequest) => {
      const [row] = await session.query(dialect.buildCount(table, where), rowSettings);
      return readCount(row?.row_count);
    },
    condition: async ({ table, where }) => {
      // Without brackets around it first: there one that closes ours is an error, as is anything else but an expression.
      for (const statement of [dialect.buildConditionTest(table, where), dialect.buildCount(table, where)]) {
        try {
          await session.parse(statement);
        } catch (error) {
          return { error, statement };
        }
      }
      return null;
    },
    duplicates: async (probe) =>
      (await session.query(dialect.buildDuplicateProbe(probe), rowSettings)).length > 0,
    estimate: async (selection: RowSelection) =>
      dialect.readEstimate(await session.query(dialect.buildEstimate(selection), rowSettings)),
  };
}

/** An answer that is no number is none at all: it must not count as no row. */
function readCount(text: string | null | undefined): number {
  if (text != null && /^\d{1,15}$/.test(text)) return Number(text);
  throw new RowproofError({
    code: 'wire-format',
    message: `The server says that a table has ${text ?? 'no number of'} rows.`,
    hint: 'Run again, and check what stands between Rowproof and the server.',
  });
}

function answerAboutApplier(
  session: SqlSession,
  applier: SqlApplier | undefined,
): Pick<Answers, 'applier-plan' | 'applier-state' | 'order-applier'> {
  const able = (): SqlApplier => {
    if (applier !== undefined) return applier;
    throw new RowproofError({ code: 'internal', message: 'This engine has no applier to be told anything.' });
  };
  return {
    'applier-plan': (source) => able().readPlan(session, source),
    'applier-state': () => able().readState(session),
    'order-applier': async (order) => {
      await able().order(session, order);
      return null;
    },
  };
}

function answerAboutChecksums(
  session: SqlSession,
  checksum: ChecksumDialect,
): Pick<Answers, 'checksum' | 'part-checksums' | 'checksum-probe'> {
  return {
    checksum: async (request) =>
      readChecksum(await session.query(checksum.buildChecksum(request), checksum.settings)),
    'part-checksums': async ({ rows, ends }) =>
      readPartChecksums(await session.query(checksum.buildPartChecksums(rows, ends), checksum.settings)),
    'checksum-probe': async (seed) => {
      const { sql, ...expected } = checksum.buildProbe(seed);
      return { checksum: readChecksum(await session.query(sql)), expected };
    },
  };
}

function answerAboutPositions(
  session: SqlSession,
  positions: SqlPositions,
): Pick<Answers, 'replication' | 'position' | 'reached' | 'changes'> {
  return {
    replication: (about) => session.together(() => positions.readReplication(session, about)),
    position: (fence) =>
      isOfColumn(fence)
        ? readColumnPosition(session, positions, fence)
        : positions.readPosition(session, fence),
    reached: (about) =>
      isOfColumn(about.fence)
        ? isColumnPositionReached(session, positions, about)
        : positions.isReached(session, about),
    changes: (tables) => session.together(() => positions.readChanges(session, tables)),
  };
}

type GateQuestion = 'table-verbs' | 'gate-grants' | 'gate' | 'gate-sessions' | 'gate-probes' | 'write-marks';

function answerAboutGate(session: SqlSession, parts: SqlEngineParts): Pick<Answers, GateQuestion> {
  const { classifyError } = parts;
  const load = async () => ({ classifyError, gate: await parts.loadGate() });
  return {
    'table-verbs': async (tables) => (await load()).gate.readVerbs(session, tables),
    'gate-grants': async (schema) => (await load()).gate.describeGrants(session, schema),
    gate: async (request) => readGateFacts(session, await load(), request),
    'gate-sessions': async (request) => {
      const { gate } = await load();
      return readGateFact(session, parts, () => gate.readSessions(session, request));
    },
    'gate-probes': async (request) => readProbes(session, await load(), request),
    'write-marks': async (request) => (await load()).gate.readWriteMarks(session, request),
  };
}

/** What a gate may ask an engine for, beside what its sessions tell. */
function gateRules(gate: SqlGate): GateRules {
  return { stopLine: gate.stopLine, writeFix: (action) => writeFix(gate, action) };
}
