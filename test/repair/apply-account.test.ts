import { describe, expect, it } from 'vitest';
import { availableEngines, openTestDatabase } from '../support/database.js';
import { writeRepair } from './repair-round.js';

describe.each(availableEngines())(
  'a repair of %s, applied by another account than the one that read',
  (engine) => {
    const isPostgres = engine === 'postgresql';

    it('keeps rows that a foreign key would take along which the reading account cannot see', async () => {
      const [source, target, other] = [
        await openTestDatabase(engine),
        await openTestDatabase(engine),
        await openTestDatabase(engine),
      ];
      const reader = `r_${target.name.slice(-12)}`;
      try {
        const tables = 'CREATE TABLE parent (id INT NOT NULL PRIMARY KEY, v INT)';
        await source.run(`${tables}; INSERT INTO parent VALUES (1, 1), (3, 3)`);
        await target.run(`${tables}; INSERT INTO parent VALUES (1, 1), (2, 2)`);
        const child = (place: string, parent: string): string =>
          `CREATE TABLE ${place} (id INT NOT NULL PRIMARY KEY, pid INT, FOREIGN KEY (pid) REFERENCES ${parent} (id) ON DELETE CASCADE);
         INSERT INTO ${place} VALUES (10, 2)`;
        if (isPostgres) {
          await target.run(`CREATE SCHEMA other; ${child('other.child', 'public.parent')}`);
          await target.run(`CREATE ROLE ${reader} LOGIN PASSWORD 'x'; GRANT SELECT ON parent TO ${reader}`);
          await source.run(`GRANT SELECT ON parent TO ${reader}`);
        } else {
          await other.run(child('child', `${target.name}.parent`));
          await target.run(`CREATE USER ${reader}@'%' IDENTIFIED BY 'x'; GRANT SELECT ON ${target.name}.* TO ${reader}@'%';
          GRANT SELECT ON ${source.name}.* TO ${reader}@'%'`);
        }
        const as = (url: string): string => {
          const changed = new URL(url);
          changed.username = reader;
          changed.password = 'x';
          return changed.href;
        };
        const written = await writeRepair({
          source: { ...source, url: as(source.url) },
          target: { ...target, url: as(target.url) },
        });
        expect(written.repair).toMatch(
          isPostgres
            ? /parent id=2: whether a row of other.child refers to it cannot be asked: .*permission denied/
            : /parent id=2: foreign keys of tables that the account cannot see may refer to it/,
        );
        expect(written.repair).toContain('In all: 1 row written, 1 left alone.');
        expect(written.repair).toContain('-- 1 row that this file leaves as it is:\n');
        // The helper applies with the account of the URL that it was given: the administrator's is another.
        await written.applyTo(target, 'repair');
        const kept = isPostgres ? target : other;
        expect(await kept.query(`SELECT id FROM ${isPostgres ? 'other.' : ''}child`)).toEqual([['10']]);
        expect(await target.query('SELECT id FROM parent ORDER BY id')).toEqual([['1'], ['2'], ['3']]);
        written.remove();
      } finally {
        if (isPostgres) {
          await target.run(`DROP OWNED BY ${reader}`);
          await source.run(`DROP OWNED BY ${reader}; DROP ROLE ${reader}`);
        } else await target.run(`DROP USER ${reader}@'%'`);
        for (const database of [other, source, target]) await database.drop();
      }
    });

    it('ends with an error, and takes everything back, where a trigger keeps a row from being brought back', async () => {
      const source = await openTestDatabase(engine);
      const target = await openTestDatabase(engine);
      try {
        const tables = `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, code VARCHAR(40) NOT NULL UNIQUE, n INT)`;
        await source.run(`${tables}; INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1)`);
        await target.run(`${tables}; INSERT INTO t VALUES (1, 'b', 1), (2, 'a', 1)`);
        const written = await writeRepair({ source, target });
        expect(written.repair).toMatch(
          /rowproof00/i.test(written.repair) ? /rowproof00/ : /726f7770726f6f66/,
        );
        // Made after the run, so that the file could not know of it.
        await target.run(
          isPostgres
            ? `CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS
               'BEGIN IF old.code LIKE ''rowproof%'' THEN RETURN NULL; END IF; RETURN NEW; END';
             CREATE TRIGGER stay BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION stay()`
            : `CREATE TRIGGER stay BEFORE UPDATE ON t FOR EACH ROW SET NEW.code = UPPER(NEW.code)`,
        );
        await expect(written.apply('repair')).rejects.toThrow(/a row put aside was not found again/);
        expect(await target.query('SELECT id, code FROM t ORDER BY id')).toEqual([
          ['1', 'b'],
          ['2', 'a'],
        ]);
        await written.apply('undo');
        expect(await target.query("SELECT id FROM t WHERE code LIKE '%proof%'")).toEqual([]);
        written.remove();
      } finally {
        await Promise.all([source.drop(), target.drop()]);
      }
    });

    it('leaves tables alone whose triggers delete other rows', async () => {
      const source = await openTestDatabase(engine);
      const target = await openTestDatabase(engine);
      try {
        const tables =
          'CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT); CREATE TABLE log (id INT NOT NULL PRIMARY KEY, n INT)';
        const rows = 'INSERT INTO log VALUES (1, 1), (2, 2)';
        const trigger = isPostgres
          ? `CREATE FUNCTION wipe() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM log; RETURN OLD; END';
           CREATE TRIGGER wipe AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION wipe()`
          : 'CREATE TRIGGER wipe AFTER DELETE ON t FOR EACH ROW DELETE FROM log';
        await source.run(`${tables}; ${rows}; INSERT INTO t VALUES (1, 1)`);
        await target.run(`${tables}; ${rows}; ${trigger}; INSERT INTO t VALUES (1, 2), (5, 5)`);
        const written = await writeRepair({ source, target });
        expect(written.repair).toMatch(/id=5: trigger wipe of the table may change other rows/);
        await written.apply('repair');
        written.remove();
        expect(await target.query('SELECT id FROM log ORDER BY id')).toEqual([['1'], ['2']]);
        expect(await target.query('SELECT id, n FROM t ORDER BY id')).toEqual([
          ['1', '1'],
          ['5', '5'],
        ]);
      } finally {
        await Promise.all([source.drop(), target.drop()]);
      }
    });
  },
);
