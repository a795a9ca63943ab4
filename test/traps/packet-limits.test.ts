import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { apply, repairFile } from '../apply/applied.js';
import { type TestDatabase, useDatabase } from '../support/database.js';
import { useOwnServer } from '../support/private-server.js';

const PACKET = 1 << 20;
const LARGE = 3 * PACKET;
/** Their keys take more than a packet where all are named, and so do the two rows of 300 KB that are repaired. */
const ROWS = 800;

describe('a server that takes packets of a megabyte', () => {
  const source = useDatabase('mariadb');
  const target = useOwnServer('mariadb');
  const sides = { source, target: target as TestDatabase };

  beforeAll(async () => {
    for (const database of [source, target])
      await database.run(`CREATE TABLE large (id int PRIMARY KEY, filling longtext, more longtext);
        CREATE TABLE keyed (k varchar(700) COLLATE utf8mb4_bin PRIMARY KEY, n int);
        INSERT INTO keyed SELECT CONCAT(seq, REPEAT('k', 690)), seq FROM seq_1_to_${ROWS}`);
    await source.run(`INSERT INTO large VALUES (1, 'one', ''), (2, REPEAT('x', ${LARGE}), ''),
        (3, REPEAT('x', 700000), REPEAT('y', 700000)), (4, 'four', ''), (5, REPEAT('z', ${LARGE}), ''),
        (7, REPEAT('s', 300000), ''), (8, REPEAT('e', 300000), '')`);
    await target.run(`UPDATE keyed SET n = n + 1;
      INSERT INTO large VALUES (2, 'two', ''), (4, 'vier', ''), (5, REPEAT('z', ${LARGE}), ''), (6, REPEAT('x', ${LARGE}), '');
      SET GLOBAL max_allowed_packet = ${PACKET}`);
  });

  it.each(['client', 'server'])('is read whole, with checksums of the %s', async (where) => {
    const run = await compare({ ...sides, flags: { 'checksum-on': where } });
    expect(tableResult(run, 'keyed')).toMatchObject({ changed: ROWS, missing: 0, extra: 0 });
    expect(listDifferences(run).slice(ROWS)).toEqual([
      'missing 1',
      'changed 2 filling',
      'missing 3',
      'changed 4 filling',
      'extra 6',
      'missing 7',
      'missing 8',
    ]);
  });

  it('is repaired but for the rows that it would not take, which are named', async () => {
    const file = await repairFile(sides);
    const { result, left } = await apply(target, file);
    expect(result).toMatchObject({ applied: ROWS + 4, verified: ROWS + 4, plan: { leftAlone: 3 } });
    expect(left).toEqual([]);
    expect(listDifferences(await compare(sides))).toEqual(['changed 2 filling', 'missing 3', 'extra 6']);
    expect((await apply(target, result.undoPath ?? '')).result).toMatchObject({
      applied: ROWS + 4,
      differing: 0,
    });
  });
});
