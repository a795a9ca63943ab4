import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../run/compare.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';

const ROWS = [1, 50, 99, 100, 101, 250, 999];
const VALUES = ROWS.map((id) => `(${id}, 'word')`).join(', ');
const COLUMNS = '(id int PRIMARY KEY, word varchar(20))';
const MYSQL_PARTITIONS = `CREATE TABLE parted ${COLUMNS} PARTITION BY RANGE (id) (
  PARTITION low VALUES LESS THAN (100), PARTITION middle VALUES LESS THAN (200), PARTITION high VALUES LESS THAN MAXVALUE)`;
const PARTITIONED: Readonly<Record<TestEngine, string>> = {
  mariadb: MYSQL_PARTITIONS,
  mysql: MYSQL_PARTITIONS,
  postgresql: `CREATE TABLE parted ${COLUMNS} PARTITION BY RANGE (id);
    CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (100) TO (MAXVALUE) PARTITION BY RANGE (id);
    CREATE TABLE parted_highest PARTITION OF parted_high FOR VALUES FROM (200) TO (MAXVALUE);
    CREATE TABLE parted_middle PARTITION OF parted_high FOR VALUES FROM (100) TO (200);
    CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (MINVALUE) TO (100)`,
};

describe.each(availableEngines())('a partitioned table of %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');

  beforeAll(async () => {
    await source.run(`${PARTITIONED[engine]}; INSERT INTO parted VALUES ${VALUES}`);
    await target.run(`CREATE TABLE parted ${COLUMNS}; INSERT INTO parted VALUES ${VALUES}`);
  });

  it('stands for its partitions, which are no tables of their own', async () => {
    const run = await compare({ source, target, flags: { 'chunk-rows': '2' } });
    expect(run.result).toMatchObject({ verdict: 'verified', totals: { tables: 1, sourceRows: ROWS.length } });
    const reverse = await compare({ source: target, target: source });
    expect(reverse.result).toMatchObject({ verdict: 'verified', findings: [] });
  });

  it('is searched in every partition', async () => {
    await source.run("UPDATE parted SET word = 'x' WHERE id IN (1, 99, 100, 999)");
    const run = await compare({ source, target, flags: { 'chunk-rows': '2' } });
    expect(listDifferences(run)).toEqual([1, 99, 100, 999].map((id) => `changed ${id} word`));
  });
});

describe('inheritance in PostgreSQL', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('mariadb');

  beforeAll(async () => {
    await source.run(`CREATE TABLE parent ${COLUMNS}; CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent);
      INSERT INTO parent VALUES (1, 'parent'); INSERT INTO child VALUES (1, 'child'), (2, 'child')`);
    await target.run(`CREATE TABLE parent ${COLUMNS}; CREATE TABLE child ${COLUMNS};
      INSERT INTO parent VALUES (1, 'parent'); INSERT INTO child VALUES (1, 'child'), (2, 'child')`);
  });

  it('leaves the rows of a child to the child', async () => {
    const run = await compare({ source, target });
    expect(run.result.verdict).toBe('verified');
    expect(tableResult(run, 'parent').sourceRows).toBe(1);
    expect(tableResult(run, 'child').sourceRows).toBe(2);
  });

  it('does not let a child make up for a row that the parent lost', async () => {
    await source.run('DELETE FROM ONLY parent');
    const run = await compare({ source, target });
    expect(run.differences.map(({ table, difference }) => `${difference.kind} in ${table}`)).toEqual([
      `extra in ${target.name}.parent`,
    ]);
  });
});

describe.each(availableEngines())('a view of %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run(`CREATE TABLE base ${COLUMNS}; CREATE VIEW shown AS SELECT * FROM base`);
    }
  });

  it('is left alone unless it is named, and is then compared by its rows', async () => {
    expect((await compare({ source, target })).result.totals.tables).toBe(1);
    const named = await compare({ source, target, flags: { tables: 'shown' } });
    expect(tableResult(named, 'shown')).toMatchObject({ verdict: 'verified', strategy: 'bucket', key: [] });
  });
});
