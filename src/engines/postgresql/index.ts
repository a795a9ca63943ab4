import type { ConnectionSettings, Engine, Session } from '../engine.js';
import { readPostgresqlCatalog } from './catalog.js';
import { postgresqlChecksum } from './checksum.js';
import { compilePostgresqlCodec } from './codec.js';
import { resolvePostgresqlConnection } from './connection.js';
import { postgresqlDialect } from './dialect.js';
import { classifyPostgresqlError } from './errors.js';
import { connectPostgresql } from './postgresql-driver.js';
import { readPostgresqlRepairCatalog } from './repair-catalog.js';
import { prepareSession } from './session-state.js';

async function open(settings: ConnectionSettings): Promise<Session> {
  const session = await connectPostgresql(settings);
  try {
    await prepareSession(session, settings);
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

export const postgresqlEngine: Engine = {
  schemes: ['postgres', 'postgresql'],
  resolveConnection: resolvePostgresqlConnection,
  open,
  readCatalog: readPostgresqlCatalog,
  readRepairCatalog: readPostgresqlRepairCatalog,
  dialect: postgresqlDialect,
  checksum: postgresqlChecksum,
  compileCodec: async (_session, columns) => compilePostgresqlCodec(columns),
  classifyError: classifyPostgresqlError,
};
