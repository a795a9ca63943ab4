import { describe, expect, it } from 'vitest';
import { compare } from '../app/compare.js';
import { openTestDatabase } from '../support/database.js';
import { apply, dump, repairFile } from './applied.js';

const ROWS = 40;

/** A source with rows of a table, and a target in which some are changed, missing or too many. */
async function openSides(tables: Readonly<Record<string, string>>) {
  const [source, target] = [await openTestDatabase('mariadb'), await openTestDatabase('mariadb')];
  for (const [name, engine] of Object.entries(tables)) {
    for (const { run } of [source, target])
      await run(`CREATE TABLE ${name} (id int PRIMARY KEY, v varchar(20)) ENGINE=${engine};
        INSERT INTO ${name} SELECT seq, concat('v', seq) FROM seq_1_to_${ROWS}`);
    await target.run(`UPDATE ${name} SET v = 'bad' WHERE id % 5 = 0; DELETE FROM ${name} WHERE id IN (7, 8);
      INSERT INTO ${name} VALUES (98, 'extra'), (99, 'extra')`);
  }
  return { source, target };
}

describe('a repair of tables that no rollback takes back', () => {
  it.each([
    ['Aria', { a: 'Aria' }],
    ['Aria without its log', { a: 'Aria TRANSACTIONAL=0' }],
    ['MyISAM', { a: 'MyISAM' }],
    ['several, and of others', { a: 'Aria', b: 'InnoDB', c: 'MyISAM', d: 'InnoDB' }],
  ])('is applied and taken back: %s', async (_, tables) => {
    const sides = await openSides(tables);
    const names = Object.keys(tables);
    try {
      const before = await dump(sides.target, names);
      const file = await repairFile(sides);
      const { result, left } = await apply(sides.target, file);
      expect(left).toEqual([]);
      expect(result).toMatchObject({ applied: 12 * names.length, refused: 0, differing: 0 });
      expect((await compare(sides)).result.verdict).toBe('verified');
      await apply(sides.target, result.undoPath ?? '');
      expect(await dump(sides.target, names)).toEqual(before);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  });

  it('keeps in the undo what was changed before a row that is refused', async () => {
    const sides = await openSides({ a: 'Aria' });
    try {
      const before = await dump(sides.target, ['a']);
      const file = await repairFile(sides);
      // Some of what the file writes is no longer allowed.
      await sides.target.run("ALTER TABLE a MODIFY v varchar(20) CHECK (v NOT LIKE 'v1%')");
      const { result, left } = await apply(sides.target, file);
      expect(left.length).toBeGreaterThan(0);
      expect(result.applied).toBeGreaterThan(0);
      await apply(sides.target, result.undoPath ?? '');
      expect(await dump(sides.target, ['a'])).toEqual(before);
    } finally {
      await sides.source.drop();
      await sides.target.drop();
    }
  });
});
