import { expect, it } from 'vitest';
import { compare } from '../app/compare.js';
import { availableEngines, openTestDatabase } from '../support/database.js';
import { writeRepair } from './repair-round.js';

const ROWS = 2000;

/** Two rows of each kind, by number: what the target refuses, each for a reason of its own. */
const REFUSED = {
  check: [101, 102],
  second: [201, 202],
  unique: [301, 302],
  same: [401, 402],
  orphan: [501, 502],
  length: [601, 602],
  number: [701, 702],
  partition: [801, 802],
  character: [901, 902],
  label: [1001, 1002],
} as const;

it.each(availableEngines())(
  'a repair of %s of 2,000 rows, of which 20 are refused for ten reasons, brings all others',
  async (engine) => {
    const isPostgres = engine === 'postgresql';
    const source = await openTestDatabase(engine);
    const target = await openTestDatabase(engine);
    try {
      const numbers = isPostgres
        ? `SELECT g AS id FROM generate_series(1, ${ROWS}) g`
        : `SELECT (a.n * 100 + b.n) + 1 AS id FROM (${digits(20)}) a CROSS JOIN (${digits(100)}) b`;
      const text = isPostgres ? 'TEXT' : 'VARCHAR(100)';
      await source.run(`CREATE TABLE parent (id INT NOT NULL PRIMARY KEY); INSERT INTO parent VALUES (1);
      CREATE TABLE plain (id INT NOT NULL PRIMARY KEY, size INT, kind ${text}, code ${text}, pid INT, word ${text}, price DECIMAL(12,4), place INT, label ${text});
      INSERT INTO plain SELECT id, 5, 'k', CONCAT('code', id), 1, 'word', 1.25, 5, 'red' FROM (${numbers}) n;
      UPDATE plain SET size = -1 WHERE id IN (101, 102); UPDATE plain SET kind = 'no' WHERE id IN (201, 202);
      UPDATE plain SET code = 'taken' WHERE id IN (301, 302); UPDATE plain SET code = CONCAT('CODE', id - 400) WHERE id IN (401, 402);
      UPDATE plain SET pid = 77 WHERE id IN (501, 502); UPDATE plain SET word = '${'w'.repeat(60)}' WHERE id IN (601, 602);
      UPDATE plain SET price = 1.2345 WHERE id IN (701, 702); UPDATE plain SET place = 50 WHERE id IN (801, 802);
      UPDATE plain SET word = '漢' WHERE id IN (901, 902); UPDATE plain SET label = 'blue' WHERE id IN (1001, 1002)`);
      const columns = (label: string, code: string): string =>
        `id INT NOT NULL, size INT CHECK (size > 0), kind VARCHAR(10), code ${code}, pid INT, word VARCHAR(50), price DECIMAL(12,2), place INT NOT NULL, label ${label}`;
      await target.run(
        isPostgres
          ? `CREATE TABLE parent (id INT NOT NULL PRIMARY KEY); INSERT INTO parent VALUES (1);
           CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
           CREATE TYPE colour AS ENUM ('red'); CREATE DOMAIN latin AS VARCHAR(50) CHECK (VALUE ~ '^[a-z]*$');
           CREATE TABLE plain (${columns('colour', 'TEXT COLLATE blind').replace('word VARCHAR(50)', 'word latin')}, PRIMARY KEY (id),
             UNIQUE (code), CHECK (kind <> 'no'), CHECK (place < 10), FOREIGN KEY (pid) REFERENCES parent (id));
           INSERT INTO plain VALUES (-1, 5, 'k', 'taken', 1, 'word', 1, 5, 'red')`
          : `CREATE TABLE parent (id INT NOT NULL PRIMARY KEY); INSERT INTO parent VALUES (1);
           CREATE TABLE plain (${columns("ENUM('red')", 'VARCHAR(100) COLLATE utf8mb4_general_ci').replace('word VARCHAR(50)', 'word VARCHAR(50) CHARACTER SET latin1')}, PRIMARY KEY (id),
             UNIQUE (code), CHECK (kind <> 'no'), CHECK (place < 10), FOREIGN KEY (pid) REFERENCES parent (id));
           INSERT INTO plain VALUES (-1, 5, 'k', 'taken', 1, 'word', 1, 5, 'red')`,
      );
      // The row that has the taken value is on both sides, so that no one gives it up.
      await source.run("INSERT INTO plain VALUES (-1, 5, 'k', 'taken', 1, 'word', 1, 5, 'red')");
      const written = await writeRepair({ source, target });
      const left = written.repair.split('\n').filter((line) => / id=\d+: /.test(line));
      console.log(`${engine}: ${left.length} rows left alone\n${left.join('\n')}`);
      const ids = left.map((line) => Number(/id=(\d+)/.exec(line)?.[1])).sort((one, other) => one - other);
      expect(ids).toEqual(Object.values(REFUSED).flat());
      expect(written.repair).toContain(
        `In all: ${(ROWS - 20).toLocaleString('en-US')} rows written, 20 left alone`,
      );
      await written.apply('repair');
      written.remove();
      const after = await compare({ source, target });
      expect(after.result.totals).toMatchObject({ missing: 20, extra: 0, changed: 0 });
    } finally {
      await Promise.all([source.drop(), target.drop()]);
    }
  },
);

function digits(count: number): string {
  return Array.from({ length: count }, (_, i) => `SELECT ${i} AS n`).join(' UNION ALL ');
}
