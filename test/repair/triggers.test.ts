import { describe, expect, it } from 'vitest';
import { compare, listDifferences } from '../run/compare.js';
import { availableEngines, openTestDatabase } from '../support/database.js';
import { writeRepair } from './repair-round.js';

const TABLE =
  "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, email VARCHAR(40) NOT NULL UNIQUE, updated_at TIMESTAMP NOT NULL DEFAULT '2001-01-01 00:00:00')";

describe.each(availableEngines())('a repair of %s under a trigger that sets updated_at', (engine) => {
  const isPostgres = engine === 'postgresql';
  const trigger = isPostgres
    ? `CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.updated_at := now(); RETURN new; END';
       CREATE TRIGGER stamp BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION stamp()`
    : 'CREATE TRIGGER stamp BEFORE UPDATE ON t FOR EACH ROW SET NEW.updated_at = NOW()';

  it('swaps unique values, leaves no value put aside, is taken back, and offers no row for ever', async () => {
    const source = await openTestDatabase(engine);
    const target = await openTestDatabase(engine);
    try {
      await source.run(
        `${TABLE}; INSERT INTO t VALUES (1, 'a', '2020-01-01'), (2, 'b', '2020-01-01'), (3, 'c', '2020-01-01')`,
      );
      await target.run(
        `${TABLE}; ${trigger}; INSERT INTO t VALUES (1, 'b', '2019-01-01'), (2, 'a', '2020-01-01'), (3, 'c', '2019-01-01')`,
      );
      const emails = () => target.query('SELECT email FROM t ORDER BY id');
      const before = await emails();
      const written = await writeRepair({ source, target });
      expect(written.repair).toMatch(/id=3: trigger stamp sets what differs by itself/);
      await written.apply('repair');
      expect(await emails()).toEqual([['a'], ['b'], ['c']]);
      // Only what the trigger set differs now, and no file can change that.
      const again = await writeRepair({ source, target });
      again.remove();
      expect(again.repair).toContain('In all: 0 rows written, 3 left alone');
      await written.apply('undo');
      expect(await emails()).toEqual(before);
      written.remove();
    } finally {
      await Promise.all([source.drop(), target.drop()]);
    }
  });

  it('fires triggers that add rows to an audit, and repairs all the same', async () => {
    const source = await openTestDatabase(engine);
    const target = await openTestDatabase(engine);
    const log = 'CREATE TABLE log (what VARCHAR(40))';
    const audit = isPostgres
      ? `CREATE FUNCTION note_it(word TEXT) RETURNS void LANGUAGE sql AS 'INSERT INTO public.log VALUES (word)';
         CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM public.note_it(old.email); RETURN new; END';
         CREATE TRIGGER audit AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION audit()`
      : 'CREATE TRIGGER audit AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES (OLD.email)';
    try {
      await source.run(`${TABLE}; INSERT INTO t VALUES (1, 'a', '2020-01-01')`);
      await target.run(`${TABLE}; ${log}; ${audit}; INSERT INTO t VALUES (1, 'b', '2020-01-01')`);
      const written = await writeRepair({ source, target });
      expect(written.repair).toMatch(/WARNING: Triggers of \S*t fire while this is applied: audit/);
      await written.apply('repair');
      written.remove();
      expect(listDifferences(await compare({ source, target }))).toEqual([]);
      expect(await target.query('SELECT what FROM log')).toEqual([['b']]);
    } finally {
      await Promise.all([source.drop(), target.drop()]);
    }
  });
});
