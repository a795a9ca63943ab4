import type { ConnectionSettings, Engine, Session } from '../engine.js';
import { limitWaits } from '../limit-waits.js';
import { openWithin } from '../open-session.js';
import { readPostgresqlCatalog } from './catalog.js';
import { postgresqlChecksum } from './checksum.js';
import { compilePostgresqlCodec } from './codec.js';
import { resolvePostgresqlConnection } from './connection.js';
import { postgresqlDialect } from './dialect.js';
import { classifyPostgresqlError, POSTGRESQL_CONNECT_HINTS } from './errors.js';
import { POSTGRESQL_LEXICON } from './lexicon.js';
import { readPostgresqlLoad } from './load.js';
import { readPostgresqlRepairCatalog } from './repair-catalog.js';
import { readPostgresqlTableSizes } from './table-sizes.js';

/** Loaded late: a database package takes longer to load than a small table to compare, in every thread. */
const loadDriver = () => import('./postgresql-driver.js');

async function open(settings: ConnectionSettings, stop?: AbortSignal): Promise<Session> {
  const { connectPostgresql } = await loadDriver();
  return openWithin({ timeoutMs: settings.connectTimeoutMs, stop }, async (signal) =>
    limitWaits(await connectPostgresql(settings, signal), settings),
  );
}

export const postgresqlEngine: Engine = {
  schemes: ['postgres', 'postgresql'],
  resolveConnection: resolvePostgresqlConnection,
  loadDriver,
  open,
  cancel: async (settings, keys, stop) => {
    const { cancelPostgresql } = await loadDriver();
    await openWithin({ timeoutMs: settings.connectTimeoutMs, stop }, (signal) =>
      cancelPostgresql(settings, keys, signal),
    );
  },
  readCatalog: readPostgresqlCatalog,
  readTableSizes: readPostgresqlTableSizes,
  readRepairCatalog: readPostgresqlRepairCatalog,
  lexicon: POSTGRESQL_LEXICON,
  dialect: postgresqlDialect,
  checksum: postgresqlChecksum,
  compileCodec: async (_session, columns) => compilePostgresqlCodec(columns),
  readLoad: readPostgresqlLoad,
  classifyError: classifyPostgresqlError,
  connectHints: POSTGRESQL_CONNECT_HINTS,
};
