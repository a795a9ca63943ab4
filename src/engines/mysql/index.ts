import type { ConnectionSettings } from '../connection-settings.js';
import type { Engine } from '../engine.js';
import { limitWaits } from '../limit-waits.js';
import { openWithin } from '../open-session.js';
import { createSqlEngine, type SqlEngineParts } from '../sql-engine.js';
import type { SqlSession } from '../sql-session.js';
import { readMysqlAccount, readMysqlClock } from './account.js';
import { readMysqlActivity } from './activity.js';
import { mysqlApplier } from './applier.js';
import { mysqlChecksum } from './checksum.js';
import { resolveMysqlConnection, spreadMysqlUrls } from './connection.js';
import { adviseMysqlRebuild, mysqlDialect } from './dialect.js';
import { classifyMysqlError, MYSQL_CONNECT_HINTS } from './errors.js';
import { readMysqlLoad } from './load.js';
import { mysqlPositions } from './positions.js';
import { mysqlSnapshots } from './snapshots.js';
import { readMysqlTableSizes } from './table-sizes.js';
import { LEXICON } from './write-settings.js';

/** Loaded late: a database package takes longer to load than a small table to compare, in every thread. */
const loadDriver = () => import('./mysql-driver.js');

/** Loaded late: a run on one engine has no use for what the others know of rows, and one without repair for what that asks. */
const loadRows = () => import('./rows.js');

async function openSql(settings: ConnectionSettings, stop?: AbortSignal): Promise<SqlSession> {
  const { connectMysql } = await loadDriver();
  return openWithin({ timeoutMs: settings.connectTimeoutMs, stop }, async (signal) =>
    limitWaits(await connectMysql(settings, signal), settings),
  );
}

/** What the engine for MySQL and MariaDB is made of: one protocol, one dialect as far as reading goes; the catalog knows where they part. */
export const mysqlParts: SqlEngineParts = {
  family: 'mysql',
  schemes: ['mysql', 'mariadb'],
  clientVariables: ['MYSQL_', 'MARIADB_'],
  titles: { mysql: 'MySQL', mariadb: 'MariaDB' },
  spreadUrls: spreadMysqlUrls,
  resolveConnection: resolveMysqlConnection,
  loadDriver,
  openSql,
  cancel: async (settings, keys, stop) => {
    const { cancelMysql } = await loadDriver();
    await openWithin({ timeoutMs: settings.connectTimeoutMs, stop }, (signal) =>
      cancelMysql(settings, keys, signal),
    );
  },
  readCatalog: async (session, request) => (await loadRows()).readMysqlCatalog(session, request),
  readNames: async (session, settings) => (await loadRows()).readMysqlNames(session, settings),
  readTableSizes: readMysqlTableSizes,
  readRepairCatalog: async (session, scope) => {
    const { readMysqlRepairCatalog } = await import('./repair-catalog.js');
    return readMysqlRepairCatalog(session, scope);
  },
  lexicon: LEXICON,
  dialect: mysqlDialect,
  checksum: mysqlChecksum,
  compileCodec: async (session, columns) => (await loadRows()).compileCodec(session, columns),
  readAccount: readMysqlAccount,
  readClock: readMysqlClock,
  readLoad: readMysqlLoad,
  positions: mysqlPositions,
  loadGate: async () => (await import('./gate/index.js')).mysqlGate,
  readActivity: readMysqlActivity,
  snapshots: mysqlSnapshots,
  applier: mysqlApplier,
  adviseRebuild: adviseMysqlRebuild,
  classifyError: classifyMysqlError,
  connectHints: MYSQL_CONNECT_HINTS,
};

export const mysqlEngine: Engine = createSqlEngine(mysqlParts);
