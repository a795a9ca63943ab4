import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TablePair } from '../../src/core/pairing.js';
import { engineFor } from '../../src/engines/registry.js';
import type { Session } from '../../src/engines/session.js';
import type { ChecksumProbe } from '../../src/engines/sql-dialect.js';
import { answerInSql } from '../../src/engines/sql-engine.js';
import type { SqlSession } from '../../src/engines/sql-session.js';
import { planChecksums } from '../../src/plan/checksum-plan.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { sqlPartsFor } from '../support/sql-engine.js';

describe.each(availableEngines())('whether two servers of %s hash alike', (name) => {
  const database = useDatabase(name);
  const url = new URL(database.url);
  const engine = engineFor(url.protocol.slice(0, -1));
  const parts = sqlPartsFor(database.url);
  const sessions: SqlSession[] = [];
  let pair: TablePair;

  beforeAll(async () => {
    await database.run('CREATE TABLE probed (id int PRIMARY KEY)');
    const environment = { variables: {}, readFile: () => null, homeFolder: '', userName: '' };
    const settings = engine.resolveConnection(url, environment);
    for (let side = 0; side < 2; side++) sessions.push(await parts.openSql(settings));
    const [table] = (await parts.readCatalog(sessions[0] as SqlSession, { settings })).tables;
    if (table === undefined) throw new Error('The table is not in the catalog.');
    const where = { where: { source: null, target: null } };
    pair = {
      id: '7',
      strategy: 'range',
      unproven: [],
      unwalkable: null,
      source: table,
      target: table,
      key: [],
      columns: [],
      ...where,
    };
  });
  afterAll(() => Promise.all(sessions.map((session) => session.close())));

  /** The reason against hashing, where the engine has another probe than its own. */
  const reasonWith = async (change: (probe: ChecksumProbe) => ChecksumProbe): Promise<string | undefined> => {
    const { checksum } = parts;
    const buildProbe = (seed: bigint): ChecksumProbe => change(checksum.buildProbe(seed));
    const changed = { ...parts, checksum: { ...checksum, buildProbe } };
    const sideOf = (i: number) => ({
      engine,
      session: answerInSql(sessions[i] as SqlSession, changed) satisfies Session,
      catalog: { engine: name },
    });
    const sides = { source: sideOf(0), target: sideOf(1) };
    const plan = await planChecksums({
      place: 'auto',
      isLimited: false,
      tables: [{ pair, mode: 'full' }],
      sides,
      seed: 2n ** 64n - 1n,
    });
    return plan?.obstacles.get(pair.id);
  };

  it('is found out before a row is hashed', async () => {
    expect(await reasonWith((probe) => probe)).toBeUndefined();
    expect(await reasonWith((probe) => ({ ...probe, sum: 1n }))).toBe(
      'the two servers do not hash the same values alike',
    );
    expect(await reasonWith((probe) => ({ ...probe, rows: probe.rows + 1 }))).toMatch(
      /do not hash .* alike$/,
    );
    expect(await reasonWith((probe) => ({ ...probe, sql: 'SELECT no_such_hash(1) AS hash_sum' }))).toMatch(
      /^the source cannot hash rows: .*no_such_hash/,
    );
    expect(await reasonWith((probe) => ({ ...probe, sql: 'SELECT 2 AS row_count, NULL AS hash_sum' }))).toBe(
      'the source does not hash the values that it is tested with',
    );
  });

  it('counts where the two answers differ', async () => {
    const sql =
      name === 'postgresql'
        ? 'SELECT 1 AS row_count, pg_backend_pid() AS hash_sum'
        : 'SELECT 1 AS row_count, CONNECTION_ID() AS hash_sum';
    expect(await reasonWith(() => ({ sql, rows: 1, sum: null }))).toBe(
      'the two servers do not hash the same values alike',
    );
  });
});
