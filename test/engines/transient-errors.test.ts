import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/core/errors.js';
import type { TablePair } from '../../src/core/pairing.js';
import { engineFor } from '../../src/engines/registry.js';
import type { SqlSession } from '../../src/engines/sql-session.js';
import { describeReadError } from '../../src/tasks/table-side.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';
import { openWorkerSession } from '../support/worker-session.js';

interface ServerError {
  readonly title: string;
  /** The server's own number or SQLSTATE for it. */
  readonly raised: string;
  readonly code: ErrorCode;
  readonly isTransient: boolean;
}

const MYSQL_ERRORS: readonly ServerError[] = [
  { title: 'a deadlock', raised: '1213', code: 'read', isTransient: true },
  { title: 'a lock that is waited for too long', raised: '1205', code: 'timeout', isTransient: true },
  { title: 'a statement that was cancelled', raised: '1317', code: 'read', isTransient: true },
  { title: 'a table that was altered meanwhile', raised: '1615', code: 'read', isTransient: true },
  { title: 'a server that shuts down', raised: '1053', code: 'connection-lost', isTransient: true },
  { title: 'a table that may not be read', raised: '1142', code: 'permission', isTransient: false },
  { title: 'a table that is not there', raised: '1146', code: 'read', isTransient: false },
];
const ERRORS: Readonly<Record<TestEngine, readonly ServerError[]>> = {
  mariadb: [
    ...MYSQL_ERRORS,
    { title: 'a statement that takes too long', raised: '1969', code: 'timeout', isTransient: true },
  ],
  mysql: [
    ...MYSQL_ERRORS,
    { title: 'a statement that takes too long', raised: '3024', code: 'timeout', isTransient: true },
  ],
  postgresql: [
    { title: 'a serialization failure', raised: '40001', code: 'read', isTransient: true },
    { title: 'a deadlock', raised: '40P01', code: 'read', isTransient: true },
    { title: 'a lock that is waited for too long', raised: '55P03', code: 'timeout', isTransient: true },
    { title: 'a statement that takes too long', raised: '57014', code: 'timeout', isTransient: true },
    { title: 'a server that shuts down', raised: '57P01', code: 'connection-lost', isTransient: true },
    { title: 'a table that may not be read', raised: '42501', code: 'permission', isTransient: false },
    { title: 'a table that is not there', raised: '42P01', code: 'read', isTransient: false },
  ],
};

const FAIL_WITH: Readonly<Record<'mysql' | 'postgresql', string>> = {
  mysql: `CREATE FUNCTION fail_with(number INT) RETURNS INT DETERMINISTIC READS SQL DATA
    BEGIN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = number, MESSAGE_TEXT = 'as the test wants'; RETURN 1; END`,
  postgresql: `CREATE FUNCTION fail_with(state text) RETURNS int LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'as the test wants' USING ERRCODE = state; END $$`,
};
const ORDERS = { schema: 'shop', name: 'orders' };
const PAIR = { source: ORDERS, target: ORDERS } as TablePair;

describe.each(availableEngines())('an error of %s that a read may meet', (name) => {
  const database = useDatabase(name);
  const engine = engineFor(name === 'postgresql' ? 'postgres' : 'mysql');
  const place = name === 'postgresql' ? 'public.fail_with' : 'fail_with';
  let session: SqlSession;

  beforeAll(async () => {
    await database.run(FAIL_WITH[name === 'postgresql' ? 'postgresql' : 'mysql']);
    session = await openWorkerSession(database.url);
  });
  afterAll(() => session.close());

  it.each(ERRORS[name])(
    'is worth another try or not: $title ($raised)',
    async ({ raised, code, isTransient }) => {
      const failing = session.query(`SELECT ${place}('${raised}') AS one`);
      const error: unknown = await failing.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ message: 'as the test wants' });
      expect(engine.classifyError(error)).toMatchObject({ code, transient: isTransient });
      expect(describeReadError(error, PAIR, { side: 'target', engine })).toMatchObject({
        error: { code, message: 'Cannot read shop.orders on the target: as the test wants.' },
        transient: isTransient,
      });
    },
  );
});
