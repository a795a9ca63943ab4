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
    { applier: 'an account that sees every foreign key', isNarrow: false, applied: 3, left: 0 },
    { applier: 'an account that may write that schema alone', isNarrow: true, applied: 1, left: 2 },
  ])('is applied by $applier as far as is safe, and taken back', async ({ isNarrow, applied, left }) => {
    const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
    const [reader, writer] = [`r_${target.name.slice(-12)}`, `w_${target.name.slice(-12)}`];
    try {
      const create = 'CREATE TABLE t (id int PRIMARY KEY, email varchar(20) UNIQUE, n int)';
      await source.run(`${create}; INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)`);
      await target.run(`${create}; INSERT INTO t VALUES (1, 'b', 1), (2, 'a', 2), (3, 'c', 0), (9, 'z', 9)`);
      await target.run(`CREATE USER ${reader}@'%' IDENTIFIED BY 'x'; CREATE USER ${writer}@'%' IDENTIFIED BY 'x';
        GRANT SELECT ON ${source.name}.* TO ${reader}@'%'; GRANT SELECT ON ${target.name}.* TO ${reader}@'%';
        GRANT SELECT, INSERT, UPDATE, DELETE ON ${target.name}.* TO ${writer}@'%'`);
      const before = await dump(target, TABLES);
      const file = await repairFile({
        source: { ...source, ...urlFor(source, reader) },
        target: { ...target, ...urlFor(target, reader) },
      });
      const by = isNarrow ? urlFor(target, writer) : target;
      const outcome = await apply(by, file);
      expect(outcome.result).toMatchObject({ applied, refused: 0 });
      expect(outcome.left).toHaveLength(left);
      const rows = await target.query('SELECT id, email, n FROM t ORDER BY id');
      const swapped = isNarrow ? ['b', 'a'] : ['a', 'b'];
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
      await source.drop();
      await target.drop();
    }
  });
});
