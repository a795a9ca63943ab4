import { beforeAll, describe, expect, it } from 'vitest';
import { compare, findingCodes, listDifferences, tableResult } from '../app/compare.js';
import { writeRepair } from '../repair/repair-round.js';
import { type TestDatabase, useDatabase } from '../support/database.js';

const COLUMNS = '(id int PRIMARY KEY, word text)';
const rows = (from: number, to: number): string =>
  `SELECT n, 'word ' || n FROM generate_series(${from}, ${to}) n`;

/** A parent with an heir in another schema, one in its own, and an heir's heir in another one. */
const TREE = `CREATE SCHEMA away; CREATE TABLE m ${COLUMNS}; INSERT INTO m ${rows(1, 5)};
  CREATE TABLE away.y2023 (PRIMARY KEY (id)) INHERITS (m); INSERT INTO away.y2023 ${rows(101, 150)};
  CREATE TABLE y2024 (PRIMARY KEY (id)) INHERITS (m); INSERT INTO y2024 ${rows(201, 250)};
  CREATE TABLE away.y2024_late (PRIMARY KEY (id)) INHERITS (y2024); INSERT INTO away.y2024_late ${rows(301, 310)}`;

async function allRows(database: TestDatabase): Promise<unknown> {
  return await database.query('SELECT id, word FROM m ORDER BY id');
}

describe('heirs in another schema', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    for (const side of [source, target]) await side.run(TREE);
  });

  it('are read with the table whose heirs they are, each row once', async () => {
    const run = await compare({ source, target });
    expect(run.result.verdict).toBe('verified');
    expect(tableResult(run, 'm')).toMatchObject({ sourceRows: 55, targetRows: 55, key: ['id'] });
    expect(tableResult(run, 'y2024')).toMatchObject({ sourceRows: 60, targetRows: 60 });
    expect(findingCodes(tableResult(run, 'm'))).toEqual(['inherited-rows', 'inherited-rows']);
    expect(tableResult(run, 'm').findings[0]?.message).toContain('away.y2023');
    expect(tableResult(run, 'm').findings[0]?.message).not.toContain('y2024');
  });

  it('show their damage there, as one changed row', async () => {
    await target.run(
      "UPDATE away.y2023 SET word = 'x' WHERE id = 120; DELETE FROM away.y2024_late WHERE id = 305",
    );
    const run = await compare({ source, target });
    expect(
      run.differences.map(
        ({ table, difference }) => `${table} ${difference.kind} ${JSON.stringify(difference.key)}`,
      ),
    ).toEqual(['public.m changed {"id":"120"}', 'public.y2024 missing {"id":"305"}']);
  });

  it('belong to the table too where --tables or --exclude leaves them out', async () => {
    for (const flags of [{ tables: 'm' }, { exclude: 'y2024' }]) {
      const run = await compare({ source, target, flags });
      expect(listDifferences(run)).toEqual(['changed 120 word', 'missing 305']);
      expect(tableResult(run, 'm')).toMatchObject({ sourceRows: 115, targetRows: 114 });
    }
  });

  it('belong to the table where they have no partner', async () => {
    await source.run(
      `CREATE TABLE y2025 (PRIMARY KEY (id)) INHERITS (m); INSERT INTO y2025 ${rows(401, 402)}`,
    );
    await target.run(
      `CREATE TABLE away.y2025 (PRIMARY KEY (id)) INHERITS (m); INSERT INTO away.y2025 ${rows(401, 402)}`,
    );
    const run = await compare({ source, target });
    expect(tableResult(run, 'm')).toMatchObject({ sourceRows: 57, targetRows: 57, changed: 1, missing: 0 });
    expect(findingCodes(tableResult(run, 'y2025'))).toContain('missing-table');
  });

  it('are repaired by nobody while it is not known which of them holds a row', async () => {
    const before = await allRows(target);
    const written = await writeRepair({ source, target }, ['--tables', 'm']);
    try {
      expect(written.repair).toContain('which of them holds a row is not known');
      await written.apply('repair');
      expect(await allRows(target)).toEqual(before);
    } finally {
      written.remove();
    }
  });

  it('whose keys repeat are compared by all of their values', async () => {
    for (const side of [source, target]) await side.run("INSERT INTO away.y2023 VALUES (1, 'again')");
    await source.run("INSERT INTO away.y2023 VALUES (2, 'word 2')");
    const run = await compare({ source, target, flags: { tables: 'm' } });
    expect(findingCodes(tableResult(run, 'm'))).toContain('duplicate-key');
    expect(tableResult(run, 'm')).toMatchObject({ key: [], missing: 3, extra: 1 });
  });
});

describe.each([
  { kind: 'plain', create: `CREATE TABLE m ${COLUMNS}` },
  {
    kind: 'partitioned',
    create: `CREATE TABLE m ${COLUMNS} PARTITION BY RANGE (id); CREATE TABLE m1 PARTITION OF m DEFAULT`,
  },
])('a $kind table that took the place of one with heirs', ({ create }) => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    await source.run(TREE.replaceAll(' y2024', ' away.y2024').replace('(y2024)', '(away.y2024)'));
    await target.run(
      `${create}; INSERT INTO m ${rows(1, 5)}; INSERT INTO m ${rows(101, 150)}; INSERT INTO m ${rows(201, 250)}; INSERT INTO m ${rows(301, 310)}`,
    );
  });

  it('is compared with all that the other shows, in either direction', async () => {
    const run = await compare({ source, target });
    expect(run.result.verdict).toBe('verified');
    expect(tableResult(run, 'm')).toMatchObject({ sourceRows: 115, targetRows: 115 });
    expect((await compare({ source: target, target: source })).result.verdict).toBe('verified');
  });

  it('gets the rows repaired that differ, and no other', async () => {
    const before = await allRows(target);
    await target.run(
      "UPDATE m SET word = 'x' WHERE id = 120; DELETE FROM m WHERE id = 305; INSERT INTO m VALUES (999, 'extra')",
    );
    const written = await writeRepair({ source, target });
    try {
      await written.apply('repair');
    } finally {
      written.remove();
    }
    expect(await allRows(target)).toEqual(before);
  });
});

describe('partitions in another schema', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  beforeAll(async () => {
    for (const side of [source, target]) {
      await side.run(`CREATE SCHEMA away; CREATE TABLE p ${COLUMNS} PARTITION BY RANGE (id);
        CREATE TABLE away.p1 PARTITION OF p FOR VALUES FROM (1) TO (100); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200);
        INSERT INTO p ${rows(1, 150)}`);
    }
  });

  it('are compared with their parent, and as tables where the parent is not in the schema', async () => {
    await target.run("UPDATE p SET word = 'x' WHERE id IN (50, 120)");
    expect(listDifferences(await compare({ source, target }))).toEqual([
      'changed 50 word',
      'changed 120 word',
    ]);
    const away = await compare({
      source: { url: `${source.url}?schema=away` },
      target: { url: `${target.url}?schema=away` },
    });
    expect(tableResult(away, 'p1')).toMatchObject({ changed: 1, sourceRows: 99 });
  });

  it('are tables again once they are detached', async () => {
    for (const side of [source, target]) await side.run('ALTER TABLE p DETACH PARTITION p2');
    const run = await compare({ source, target });
    expect(run.result.tables.map(({ source: name, changed }) => `${name} ${changed}`)).toEqual([
      'public.p 1',
      'public.p2 1',
    ]);
  });

  it('are refused by name with their parent named', async () => {
    await source.run('ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (100) TO (200)');
    await expect(compare({ source, target, flags: { tables: 'p2' } })).rejects.toThrow(
      '--tables says "p2", but that is a partition of p, which stands for it on the source.',
    );
  });
});

describe('heirs of two parents, and heirs on another server', () => {
  const source = useDatabase('postgresql');
  const target = useDatabase('postgresql');

  it('are compared with each parent that does not stand for them, and repaired where it is known what holds a row', async () => {
    for (const side of [source, target]) {
      await side.run(`CREATE TABLE p ${COLUMNS}; CREATE TABLE q (id int PRIMARY KEY, n int); CREATE SCHEMA away;
        CREATE TABLE pq (PRIMARY KEY (id)) INHERITS (p, q); CREATE TABLE away.pq () INHERITS (p, q);
        INSERT INTO p VALUES (1, 'p'); INSERT INTO q VALUES (1, 1), (2, 2);
        INSERT INTO pq (id, word, n) VALUES (5, 'pq', 5); INSERT INTO away.pq (id, word, n) VALUES (6, 'away', 6), (7, 'away', 7)`);
      await side.run('CREATE TABLE far (id int, word text); INSERT INTO far VALUES (10, $$far$$)');
      const [[isThere] = []] = await side.query(
        "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'",
      );
      if (isThere === '0')
        await side.run('CREATE TABLE away.far () INHERITS (p); INSERT INTO away.far VALUES (10, $$far$$)');
      else await side.run(foreignHeir(side));
    }
    expect((await compare({ source, target })).result.verdict).toBe('verified');
    await target.run(`UPDATE away.pq SET n = 0 WHERE id = 6; UPDATE pq SET word = 'x' WHERE id = 5;
      UPDATE far SET word = 'y'; DELETE FROM ONLY q WHERE id = 2`);
    const found = async () =>
      (await compare({ source, target, flags: { exclude: 'far' } })).differences.map(
        ({ table, difference: { kind, key } }) => `${table} ${kind} ${Object.values(key ?? {})}`,
      );
    const [p, q] = ['public.p changed 10', ['public.q missing 2', 'public.q changed 6']] as const;
    expect(await found()).toEqual([p, 'public.pq changed 5', ...q]);
    const written = await writeRepair({ source, target }, ['--exclude', 'far']);
    await written.apply('repair');
    written.remove();
    expect(await found()).toEqual([p, ...q]);
    expect(await target.query('SELECT id, word FROM p ORDER BY id')).toEqual([
      ['1', 'p'],
      ['5', 'pq'],
      ['6', 'away'],
      ['7', 'away'],
      ['10', 'y'],
    ]);
  });
});

/** An heir of `p` whose rows are those of `far`, through the server itself. */
function foreignHeir({ url, name }: TestDatabase): string {
  const { hostname, port, username, password } = new URL(url);
  return `CREATE EXTENSION postgres_fdw;
    CREATE SERVER itself FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '${hostname}', port '${port || 5432}', dbname '${name}');
    CREATE USER MAPPING FOR CURRENT_USER SERVER itself OPTIONS (user '${username}', password '${password}');
    CREATE FOREIGN TABLE away.far () INHERITS (p) SERVER itself OPTIONS (schema_name 'public', table_name 'far')`;
}
