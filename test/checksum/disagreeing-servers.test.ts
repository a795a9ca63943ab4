import { describe, expect, it } from 'vitest';
import { compare, findingCodes, listDifferences, tableResult } from '../app/compare.js';
import { useDatabase } from '../support/database.js';

/**
 * The functions of PostgreSQL belong to a database, where a superuser may put another one in the place of each. MySQL and
 * MariaDB know no such way: nothing that has the name of a built-in function is called in its stead.
 */
describe('two servers that hash the same row differently', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  it('are not asked to: the report says so, and Rowproof reads the rows', async () => {
    const rows =
      'CREATE TABLE t (id int PRIMARY KEY, v int); INSERT INTO t SELECT i, i FROM generate_series(1, 20000) i';
    await Promise.all([source, target].map((side) => side.run(rows)));
    await target.run('UPDATE t SET v = 0 WHERE id = 450');
    const run = () => compare({ source, target, flags: { 'checksum-on': 'server' } });
    expect(tableResult(await run(), 't')).toMatchObject({ checksum: 'mixed', findings: [] });
    await target.run(`SET allow_system_table_mods = on;
      ALTER FUNCTION pg_catalog.hash_record_extended(record, bigint) RENAME TO own_hash;
      CREATE FUNCTION pg_catalog.hash_record_extended(record, bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE
        AS 'BEGIN RETURN pg_catalog.own_hash($1, $2 + 1); END'`);
    const result = await run();
    const table = tableResult(result, 't');
    expect(table.checksum).toBe('client');
    expect(findingCodes(table)).toEqual(['checksum-on-client']);
    expect(table.findings[0]?.message).toMatch(
      /because the two servers do not hash the same values alike\.$/,
    );
    expect(listDifferences(result)).toEqual(['changed 450 v']);
  });
});
