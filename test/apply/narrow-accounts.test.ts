import { describe, expect, it } from 'vitest';
import { availableEngines, openTestDatabase, type TestDatabase } from '../support/database.js';
import { apply, dump, repairFile } from './applied.js';

const FAMILY = availableEngines().filter((engine) => engine !== 'postgresql');
const TABLES = ['t'];

function urlFor({ url }: TestDatabase, user: string): { url: string } {
  const address = new URL(url);
  address.username = user;
  address.password = 'x';
  return { url: address.href };
}

describe.each(FAMILY)('a file that an account with SELECT alone wrote on %s', (engine) => {
  it.each([
    { applier: 'an administrator', grants: null, applied: 3, says: '' },
    { applier: 'an account that may write that schema alone', grants: '', applied: 1, says: 'not shown to' },
    { applier: 'one with PROCESS too', grants: 'PROCESS', isHidden: true, applied: 3, says: '' },
    {
      applier: 'one with PROCESS, where a foreign key is hidden from it',
      grants: 'PROCESS',
      isHidden: true,
      isReferred: true,
      applied: 1,
      says: 'not shown to',
    },
    {
      applier: 'one that sees the foreign key',
      grants: 'PROCESS',
      isHidden: true,
      isReferred: true,
      isShown: true,
      applied: 1,
      says: 'could not see refers to the table',
    },
  ])('is applied by $applier as far as is safe, and taken back', async (account) => {
    const { grants, applied, says, isHidden = false, isReferred = false, isShown = false } = account;
    const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
    const other = await openTestDatabase(engine);
    const [reader, writer] = [`r_${target.name.slice(-12)}`, `w_${target.name.slice(-12)}`];
    try {
      const create = 'CREATE TABLE t (id int PRIMARY KEY, email varchar(20) UNIQUE, n int)';
      await source.run(`${create}; INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)`);
      await target.run(`${create}; INSERT INTO t VALUES (1, 'b', 1), (2, 'a', 2), (3, 'c', 0), (9, 'z', 9)`);
      await target.run(`CREATE USER ${reader}@'%' IDENTIFIED BY 'x'; CREATE USER ${writer}@'%' IDENTIFIED BY 'x';
        GRANT SELECT ON ${source.name}.* TO ${reader}@'%'; GRANT SELECT ON ${target.name}.* TO ${reader}@'%';
        GRANT SELECT, INSERT, UPDATE, DELETE ON ${target.name}.* TO ${writer}@'%'`);
      if (grants === 'PROCESS') await target.run(`GRANT PROCESS ON *.* TO ${writer}@'%'`);
      if (isHidden) {
        const parent = isReferred ? `${target.name}.t` : 'u';
        await other.run(`CREATE TABLE u (id int PRIMARY KEY);
          CREATE TABLE c (id int PRIMARY KEY, pid int, FOREIGN KEY (pid) REFERENCES ${parent} (id) ON DELETE CASCADE)`);
        if (isShown) await target.run(`GRANT SELECT ON ${other.name}.c TO ${writer}@'%'`);
      }
      const before = await dump(target, TABLES);
      const file = await repairFile({
        source: { ...source, ...urlFor(source, reader) },
        target: { ...target, ...urlFor(target, reader) },
      });
      const by = grants === null ? target : urlFor(target, writer);
      const outcome = await apply(by, file);
      expect(outcome.result).toMatchObject({ applied, changed: 0, refused: 3 - applied });
      expect(outcome.left).toHaveLength(3 - applied);
      for (const { kind, reason } of outcome.left) {
        expect(kind).toBe('refused');
        expect(reason).toContain(says);
      }
      const rows = await target.query('SELECT id, email, n FROM t ORDER BY id');
      const swapped = applied === 3 ? ['a', 'b'] : ['b', 'a'];
      expect(rows).toEqual([
        ['1', swapped[0], '1'],
        ['2', swapped[1], '2'],
        ['3', 'c', '3'],
        ['9', 'z', '9'],
      ]);
      await apply(by, outcome.result.undoPath ?? '');
      expect(await dump(target, TABLES)).toEqual(before);
    } finally {
      await target.run(`DROP USER ${reader}@'%'; DROP USER ${writer}@'%'`);
      for (const database of [other, source, target]) await database.drop();
    }
  });
});

describe('a repair of postgresql that deletes a row to which another schema may refer', () => {
  it('takes USAGE and SELECT there, and what triggers do, each named by the refusal', async () => {
    const [source, target] = [await openTestDatabase('postgresql'), await openTestDatabase('postgresql')];
    const writer = `w_${target.name.slice(-12)}`;
    try {
      await source.run('CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)');
      await target.run(`CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2); CREATE SCHEMA other;
        CREATE TABLE other.oc (id int PRIMARY KEY, tid int REFERENCES public.t (id) ON DELETE CASCADE);
        CREATE TABLE other.log (id serial PRIMARY KEY, old int);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO other.log (old) VALUES (old.id); RETURN OLD; END';
        CREATE TRIGGER note AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION note();
        CREATE ROLE ${writer} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA public TO ${writer};
        GRANT SELECT, INSERT, UPDATE, DELETE ON t TO ${writer}`);
      const file = await repairFile({ source, target });
      const by = urlFor(target, writer);
      for (const [lacking, grant] of [
        ['schema other', 'USAGE ON SCHEMA other'],
        ['table oc', 'SELECT ON other.oc'],
        ['table log', 'INSERT ON other.log'],
        ['sequence log_id_seq', 'USAGE ON SEQUENCE other.log_id_seq'],
      ]) {
        const { result, left } = await apply(by, file);
        expect(result).toMatchObject({ applied: 0, refused: 1 });
        expect(left[0]?.reason).toContain(`permission denied for ${lacking}`);
        await target.run(`GRANT ${grant} TO ${writer}`);
      }
      expect((await apply(by, file)).result).toMatchObject({ applied: 1, refused: 0 });
      expect(await target.query('SELECT old FROM other.log')).toEqual([['2']]);
    } finally {
      await target.run(`DROP OWNED BY ${writer}; DROP ROLE ${writer}`);
      for (const database of [source, target]) await database.drop();
    }
  });
});
