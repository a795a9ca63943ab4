import { describe, expect, it } from 'vitest';
import {
  availableEngines,
  openTestDatabase,
  type TestDatabase,
  type TestEngine,
} from '../support/database.js';
import { apply, dump, repairFile } from './applied.js';

/** Rows 1 and 2 swap their e-mail addresses, 3, 4 and 5 pass theirs on in a ring; 6 changes by itself. */
async function openSides(
  engine: TestEngine,
  extra = '',
): Promise<{ source: TestDatabase; target: TestDatabase }> {
  const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
  const create =
    'CREATE TABLE t (id int PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, note varchar(20), seen int NOT NULL DEFAULT 0)';
  await source.run(
    `${create}; INSERT INTO t VALUES (1,'b','n',0),(2,'a','n',0),(3,'d','n',0),(4,'e','n',0),(5,'c','n',0),(6,'f','n',0)`,
  );
  await target.run(
    `${create}; INSERT INTO t VALUES (1,'a','o',0),(2,'b','o',0),(3,'c','o',0),(4,'d','o',0),(5,'e','o',0),(6,'f','o',0)`,
  );
  if (extra !== '') await target.run(extra);
  return { source, target };
}

const NOT_FOR_TWO = "CHECK (NOT (id = 2 AND email = 'a'))";

describe.each(availableEngines())('rows on %s that pass unique values on', (engine) => {
  it('are applied and taken back', async () => {
    const sides = await openSides(engine);
    try {
      const before = await dump(sides.target, ['t']);
      const { result, left } = await apply(sides.target, await repairFile(sides));
      expect(left).toEqual([]);
      expect(result).toMatchObject({ applied: 6, verified: 6, differing: 0 });
      expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
      expect((await apply(sides.target, result.undoPath ?? '')).result).toMatchObject({
        applied: 6,
        differing: 0,
      });
      expect(await dump(sides.target, ['t'])).toEqual(before);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  });

  it('leave no value that was put aside where one of them is refused', async () => {
    const sides = await openSides(engine);
    try {
      const before = await dump(sides.target, ['t']);
      const file = await repairFile(sides);
      await sides.target.run(`ALTER TABLE t ADD CONSTRAINT not_for_two ${NOT_FOR_TWO}`);
      const { result, left } = await apply(sides.target, file);
      expect(left.map(({ kind, key }) => [kind, key.replace(/\D/g, '').slice(0, 1)])).toEqual([
        ['refused', '1'],
        ['refused', '2'],
      ]);
      expect(result).toMatchObject({ applied: 4, refused: 2, differing: 0 });
      const emails = await sides.target.query('SELECT id, email FROM t ORDER BY id');
      expect(emails.map(([, email]) => email).join('')).toBe('abdecf');
      await apply(sides.target, result.undoPath ?? '');
      expect(await dump(sides.target, ['t'])).toEqual(before);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  });

  it('leave no value that was put aside where a trigger changes what their last statement looks for', async () => {
    const trigger =
      engine === 'postgresql'
        ? `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.seen := OLD.seen + 1; RETURN NEW; END $$;
           CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()`
        : 'CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW SET NEW.seen = OLD.seen + 1';
    const sides = await openSides(engine, trigger);
    try {
      const { result, left } = await apply(sides.target, await repairFile(sides));
      const emails = await sides.target.query('SELECT email FROM t');
      expect(emails.every(([email]) => /^[a-f]$/.test(email ?? ''))).toBe(true);
      expect(result.applied + result.refused).toBe(6);
      expect(result.differing + left.filter(({ kind }) => kind === 'refused').length).toBe(left.length);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  });
});
