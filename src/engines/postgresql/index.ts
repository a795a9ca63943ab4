import type { ConnectionSettings } from '../connection-settings.js';
import type { Engine } from '../engine.js';
import { limitWaits } from '../limit-waits.js';
import { openWithin } from '../open-session.js';
import { createSqlEngine, type SqlEngineParts } from '../sql-engine.js';
import type { SqlSession } from '../sql-session.js';
import { readPostgresqlAccount, readPostgresqlClock } from './account.js';
import { readPostgresqlActivity } from './activity.js';
import { postgresqlChecksum } from './checksum.js';
import { resolvePostgresqlConnection, spreadPostgresqlUrls } from './connection.js';
import { advisePostgresqlRebuild, postgresqlDialect } from './dialect.js';
import { classifyPostgresqlError, POSTGRESQL_CONNECT_HINTS } from './errors.js';
import { POSTGRESQL_LEXICON } from './lexicon.js';
import { readPostgresqlLoad } from './load.js';
import { postgresqlPositions } from './positions.js';
import { postgresqlSnapshots } from './snapshots.js';
import { readPostgresqlTableSizes } from './table-sizes.js';

/** Loaded late: a database package takes longer to load than a small table to compare, in every thread. */
const loadDriver = () => import('./postgresql-driver.js');

/** Loaded late: a run on one engine has no use for what the others know of rows, and one without repair for what that asks. */
const loadRows = () => import('./rows.js');

async function openSql(settings: ConnectionSettings, stop?: AbortSignal): Promise<SqlSession> {
  const { connectPostgresql } = await loadDriver();
  return openWithin({ timeoutMs: settings.connectTimeoutMs, stop }, async (signal) =>
    limitWaits(await connectPostgresql(settings, signal), settings),
  );
}

/** What the engine for PostgreSQL is made of. */
export const postgresqlParts: SqlEngineParts = {
  family: 'postgresql',
  schemes: ['postgres', 'postgresql'],
  clientVariables: ['PG'],
  titles: { postgresql: 'PostgreSQL' },
  spreadUrls: spreadPostgresqlUrls,
  resolveConnection: resolvePostgresqlConnection,
  loadDriver,
  openSql,
  cancel: async (settings, keys, stop) => {
    const { cancelPostgresql } = await import('./cancel.js');
    await openWithin({ timeoutMs: settings.connectTimeoutMs, stop }, (signal) =>
      cancelPostgresql(settings, keys, signal),
    );
  },
  readCatalog: async (session, request) => (await loadRows()).readPostgresqlCatalog(session, request),
  readNames: async (session, settings) => (await loadRows()).readPostgresqlNames(session, settings),
  readTableSizes: readPostgresqlTableSizes,
  readRepairCatalog: async (session, scope) => {
    const { readPostgresqlRepairCatalog } = await import('./repair-catalog.js');
    return readPostgresqlRepairCatalog(session, scope);
  },
  lexicon: POSTGRESQL_LEXICON,
  dialect: postgresqlDialect,
  checksum: postgresqlChecksum,
  compileCodec: async (_session, columns) => (await loadRows()).compilePostgresqlCodec(columns),
  readAccount: readPostgresqlAccount,
  readClock: readPostgresqlClock,
  readLoad: readPostgresqlLoad,
  positions: postgresqlPositions,
  loadGate: async () => (await import('./gate/index.js')).postgresqlGate,
  readActivity: readPostgresqlActivity,
  snapshots: postgresqlSnapshots,
  adviseRebuild: advisePostgresqlRebuild,
  classifyError: classifyPostgresqlError,
  connectHints: POSTGRESQL_CONNECT_HINTS,
};

export const postgresqlEngine: Engine = createSqlEngine(postgresqlParts);
