import { RowproofError } from '../core/errors.js';
import { mysqlWrite } from './mysql/write-dialect.js';
import { postgresqlWrite } from './postgresql/write-dialect.js';
import type { WriteDialect } from './write.js';

const DIALECTS: Readonly<Record<string, WriteDialect>> = {
  mysql: mysqlWrite,
  mariadb: mysqlWrite,
  postgres: postgresqlWrite,
  postgresql: postgresqlWrite,
};

/**
 * How to write to the engine behind a URL scheme. It stands apart from the engines themselves, so that nothing that
 * verifies has a way to a connection that may write.
 */
export function writeDialectFor(scheme: string): WriteDialect {
  const dialect = DIALECTS[scheme];
  if (dialect !== undefined) return dialect;
  throw new RowproofError({
    code: 'usage',
    message: `The target has the unknown scheme ${scheme}.`,
    hint: `Use one of ${Object.keys(DIALECTS).join(', ')}.`,
  });
}
