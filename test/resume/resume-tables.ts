import type { TestDatabase } from '../support/database.js';
import { fillTable, runOnBoth, wordsOf } from '../traps/type-words.js';

/** Stands in values that are no key: the journal must not hold it. */
export const MARK = 'hush-hush';
/** Rows of each table that has some. */
export const ROWS = 24;

/** The tables whose rows are walked in the order of their keys. */
export const WALKED = ['walked', 'paired', 'named'];

/**
 * Makes tables of every kind on both sides, and damages some: two rows of neighbouring chunks, rows that only one side
 * has, the first and the last row; a table without damage beside each that is read as a whole.
 */
export async function makeTables(source: TestDatabase, target: TestDatabase): Promise<void> {
  const sides = [source, target];
  for (const side of sides) {
    const { codepointText } = wordsOf(side);
    await side.run(`CREATE TABLE walked (id int PRIMARY KEY, word varchar(40));
      CREATE TABLE paired (a int, b int, word varchar(40), PRIMARY KEY (a, b));
      CREATE TABLE named (name ${codepointText(20)} PRIMARY KEY, word varchar(40));
      CREATE TABLE grouped (name varchar(20) PRIMARY KEY, word varchar(40));
      CREATE TABLE grouped_same (name varchar(20) PRIMARY KEY, word varchar(40));
      CREATE TABLE heap (n int, word varchar(40)); CREATE TABLE heap_same (n int, word varchar(40));
      CREATE TABLE nothing (id int PRIMARY KEY)`);
    const fill = (table: string, select: string): Promise<void> =>
      fillTable(side, { table, count: ROWS, select: `${select}, concat('${MARK} ', n)` });
    await fill('walked', 'n * 10');
    await fill('paired', 'n % 3, n');
    for (const table of ['named', 'grouped', 'grouped_same']) await fill(table, `concat('row ', n)`);
    for (const table of ['heap', 'heap', 'heap_same', 'heap_same']) await fill(table, 'n % 5');
  }
  await source.run('CREATE TABLE lone (id int PRIMARY KEY); INSERT INTO lone VALUES (1)');
  await target.run('CREATE TABLE stray (id int PRIMARY KEY)');
  const other = `word = '${MARK} other'`;
  await runOnBoth(
    [target],
    `UPDATE walked SET ${other} WHERE id IN (10, 50, 60, 240); DELETE FROM walked WHERE id = 120;
     INSERT INTO walked VALUES (125, '${MARK}');
     UPDATE paired SET ${other} WHERE b IN (3, 10, 23); DELETE FROM paired WHERE b = 11;
     UPDATE named SET ${other} WHERE name IN ('row 1', 'row 17');
     UPDATE grouped SET ${other} WHERE name = 'row 9'; DELETE FROM grouped WHERE name = 'row 4';
     DELETE FROM heap WHERE n = 3; INSERT INTO heap VALUES (7, '${MARK}')`,
  );
}

/** Adds, to two sides of one engine, a table with a column of a type that no rule can decide on. */
export async function makeUndecided(source: TestDatabase, target: TestDatabase): Promise<void> {
  for (const [side, value] of [[source, 'x'] as const, [target, 'X'] as const]) {
    await side.run(`CREATE TYPE odd;
      CREATE FUNCTION odd_in(cstring) RETURNS odd AS 'textin' LANGUAGE internal IMMUTABLE STRICT;
      CREATE FUNCTION odd_out(odd) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT;
      CREATE FUNCTION odd_send(odd) RETURNS bytea AS 'textsend' LANGUAGE internal IMMUTABLE STRICT;
      CREATE TYPE odd (INPUT = odd_in, OUTPUT = odd_out, SEND = odd_send, LIKE = text, CATEGORY = 'U');
      CREATE TABLE undecided (id int PRIMARY KEY, o odd, word text);
      INSERT INTO undecided SELECT n, (CASE WHEN n IN (7, 15) THEN '${value}' ELSE 'same' END)::odd, '${MARK}'
      FROM generate_series(1, ${ROWS}) n; ANALYZE undecided`);
  }
}
