import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compare, findingCodes, listDifferences, tableResult } from '../app/compare.js';
import { expectRoundTrip, writeRepair } from '../repair/repair-round.js';
import { type TestDatabase, useDatabase } from '../support/database.js';
import { waitForSlowRead } from './slow-reads.js';
import { runOnBoth } from './type-words.js';

const ROWS = 20_000;
const CHANGED = 7;
const OTHER_COLLATION = '"en-x-icu"';

/** Keys in both letter cases, which the two collations sort in different orders. */
const TABLE = `CREATE TABLE t (k text COLLATE "C" PRIMARY KEY, word text, filler text);
  INSERT INTO t SELECT CASE WHEN n % 2 = 0 THEN 'A' ELSE 'b' END || chr(65 + n % 26 + 32 * (n % 3 % 2)) || n, 'same', repeat('x', 50)
  FROM generate_series(1, ${ROWS}) n; ANALYZE t`;

/** Says that the index was always of another collation, as an upgrade of the system's library does. */
const BREAK = `UPDATE pg_attribute SET attcollation = '${OTHER_COLLATION}'::regcollation
    WHERE attrelid = 't'::regclass AND attname = 'k';
  UPDATE pg_attribute SET attcollation = '${OTHER_COLLATION}'::regcollation
    WHERE attrelid = 't_pkey'::regclass AND attnum = 1;
  UPDATE pg_index SET indcollation = format('%s', '${OTHER_COLLATION}'::regcollation::oid)::oidvector
    WHERE indexrelid = 't_pkey'::regclass`;

const CHANGE = `UPDATE t SET word = 'changed' WHERE k IN (SELECT k FROM (SELECT k, row_number() OVER () n FROM t) r
  WHERE n % ${Math.floor(ROWS / CHANGED)} = 0)`;

async function isFound(database: TestDatabase): Promise<number> {
  const keys = await database.query("SELECT k FROM t WHERE word = 'changed'");
  let found = 0;
  for (const [key] of keys) {
    await database.run('SET enable_seqscan = off; SET enable_bitmapscan = off');
    found += (await database.query(`SELECT 1 FROM t WHERE k = '${key}'`)).length;
    await database.run('RESET enable_seqscan; RESET enable_bitmapscan');
  }
  return found;
}

describe('an index whose collation changed under it', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  beforeEach(async () => {
    for (const database of [source, target]) {
      await database.run(`DROP TABLE IF EXISTS t; ${TABLE}`);
    }
    await target.run(CHANGE);
  });

  it('does not find rows that are there, or these tests would show nothing', async () => {
    await target.run(BREAK);
    expect(await isFound(target)).toBeLessThan(CHANGED);
  });

  it.each([
    ['both sides', ['source', 'target']],
    ['the source', ['source']],
    ['the target', ['target']],
  ])('on %s hides no changed row and turns none into a missing one', async (_, broken) => {
    // The side whose index is whole has the same collation.
    for (const [side, database] of Object.entries({ source, target })) {
      await database.run(
        broken.includes(side) ? BREAK : `ALTER TABLE t ALTER k TYPE text COLLATE ${OTHER_COLLATION}`,
      );
    }
    const run = await compare({ source, target });
    expect(tableResult(run, 't')).toMatchObject({
      verdict: 'different',
      changed: CHANGED,
      missing: 0,
      extra: 0,
      inFlight: 0,
      sourceRows: ROWS,
      targetRows: ROWS,
    });
    expect(run.differences.every(({ difference }) => difference.columns.join() === 'word')).toBe(true);
    const findings = tableResult(run, 't').findings.filter(({ code }) => code === 'index-broken');
    expect(
      findings.map(({ message }) => message.match(/Index t_pkey of public.t on the (\w+)/)?.[1]),
    ).toEqual(broken);
    expect(findings[0]?.hint).toContain('REINDEX');
  });

  it('is not given a second row with the same key by the repair', async () => {
    await runOnBoth([source, target], BREAK);
    const written = await writeRepair({ source, target });
    written.remove();
    expect(written.repair).not.toContain('INSERT');
    expect(written.repair.match(/^\/\*r [\d.]+\*\/ WITH changed AS \(UPDATE/gm)).toHaveLength(CHANGED);
  });

  it('that is walked in its own order is not taken for the truth', async () => {
    await runOnBoth(
      [source, target],
      `DROP TABLE t; ${TABLE.replace('COLLATE "C"', `COLLATE ${OTHER_COLLATION}`)}`,
    );
    await target.run(CHANGE);
    await runOnBoth([source, target], BREAK.replaceAll(OTHER_COLLATION, '"C"'));
    const run = await compare({ source, target, flags: { 'chunk-rows': '1000' } });
    expect(run.result.verdict).not.toBe('verified');
    expect(tableResult(run, 't').missing + tableResult(run, 't').extra).toBe(0);
  });
});

describe('a collation whose version changed', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    await runOnBoth(
      [source, target],
      `CREATE COLLATION own (provider = icu, locale = 'en'); CREATE TABLE t (k text COLLATE own PRIMARY KEY, word text);
       INSERT INTO t SELECT 'k' || n, 'same' FROM generate_series(1, 500) n`,
    );
    await target.run(
      "UPDATE t SET word = 'changed' WHERE k = 'k7'; UPDATE pg_collation SET collversion = '1.0' WHERE collname = 'own'",
    );
  });

  it('is said beforehand, and its index is not asked', async () => {
    const run = await compare({ source, target });
    expect(listDifferences(run)).toEqual(['changed k7 word']);
    expect(findingCodes(tableResult(run, 't'))).toEqual(['collation-changed']);
    expect(tableResult(run, 't').findings[0]?.message).toContain('of version 1.0 when indexes were built');
    await expectRoundTrip({ source, target });
  });
});

describe('rows that are deleted on both sides while they are compared', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  it('are no difference and no broken index', async () => {
    await runOnBoth(
      [source, target],
      `CREATE TABLE purged (id int PRIMARY KEY, word text); INSERT INTO purged SELECT n, 'same' FROM generate_series(1, 300) n`,
    );
    await source.run("UPDATE purged SET word = 'newer' WHERE id BETWEEN 20 AND 30");
    const flags = { where: 'purged:pg_sleep(0.005) IS NOT NULL', 'target-where': 'purged:1 = 1' };
    const running = compare({ source, target, flags });
    await waitForSlowRead(source);
    await runOnBoth([source, target], 'DELETE FROM purged WHERE id BETWEEN 20 AND 30');
    const run = await running;
    expect(tableResult(run, 'purged')).toMatchObject({ verdict: 'verified', inFlight: 11, findings: [] });
  });
});
