import { afterAll, describe, expect, it } from 'vitest';
import {
  availableEngines,
  openTestDatabase,
  type TestDatabase,
  type TestEngine,
  useDatabase,
} from '../support/database.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { postgresqlAdmin } from '../support/postgresql-admin.js';
import { apply, dump, repairFile } from './applied.js';

const COLUMNS =
  'id int PRIMARY KEY, code varchar(20), parent_id int, amount int, label varchar(20), state varchar(20), day date, kind varchar(10)';

/** What the source holds for two rows each, which the rules below refuse: one that changes, and one that is missing. */
const BROKEN = [
  "code = 'DUP' WHERE id IN (101)",
  "code = 'DUP2' WHERE id IN (501)",
  'parent_id = 99 WHERE id IN (102, 502)',
  'amount = 777 WHERE id IN (103, 503)',
  "label = 'refused' WHERE id IN (104, 504)",
  'day = NULL WHERE id IN (105, 505)',
  "state = 'far too long' WHERE id IN (106, 506)",
  'amount = 40000 WHERE id IN (107, 507)',
  "kind = 'unknown' WHERE id IN (108, 508)",
  "label = 'late' WHERE id IN (110, 510)",
];

/** Rules that came to the target after the file was written, so that only the server can know of them. */
const MYSQL_RULES = `
  CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1);
  CREATE TABLE child (id int PRIMARY KEY, t_id int, FOREIGN KEY (t_id) REFERENCES t (id)); INSERT INTO child VALUES (1, 9001);
  ALTER TABLE t ADD UNIQUE KEY code (code), ADD FOREIGN KEY (parent_id) REFERENCES parent (id), ADD CHECK (amount <> 777),
    MODIFY state varchar(8), MODIFY amount smallint, MODIFY day date NOT NULL, MODIFY kind enum('plain', 'other');
  CREATE TRIGGER t_insert BEFORE INSERT ON t FOR EACH ROW BEGIN
    IF NEW.label IN ('refused', 'late') THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused by a trigger'; END IF; END;
  CREATE TRIGGER t_update BEFORE UPDATE ON t FOR EACH ROW BEGIN
    IF NEW.label IN ('refused', 'late') THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused by a trigger'; END IF; END`;

const POSTGRESQL_RULES = `
  CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1);
  CREATE TABLE child (id int PRIMARY KEY, t_id int REFERENCES t (id)); INSERT INTO child VALUES (1, 9001);
  CREATE UNIQUE INDEX t_code ON t (lower(code)); CREATE TYPE kinds AS ENUM ('plain', 'other');
  ALTER TABLE t ADD FOREIGN KEY (parent_id) REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED, ADD CHECK (amount <> 777),
    ALTER state TYPE varchar(8), ALTER amount TYPE smallint, ALTER day SET NOT NULL, ALTER kind TYPE kinds USING kind::kinds;
  CREATE FUNCTION t_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.label = 'refused' THEN RAISE EXCEPTION 'refused by a trigger'; END IF; RETURN NEW; END $$;
  CREATE TRIGGER t_refuses BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION t_refuses();
  CREATE FUNCTION t_checks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.label = 'late' THEN RAISE EXCEPTION 'refused at the end'; END IF; RETURN NULL; END $$;
  CREATE CONSTRAINT TRIGGER t_checks AFTER INSERT OR UPDATE ON t DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION t_checks()`;

const rulesOf = (engine: TestEngine): string => (engine === 'postgresql' ? POSTGRESQL_RULES : MYSQL_RULES);

function values(from: number, to: number, state: string): string {
  const rows = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return rows
    .map((id) => `(${id}, 'c${id}', 1, ${id % 10}, 'x', '${state}', '2024-01-01', 'plain')`)
    .join(',');
}

/** 500 rows differ and 600 are missing on the target, more than a transaction holds, and it has one too many; 20 will be refused. */
async function openSides(engine: TestEngine): Promise<{ source: TestDatabase; target: TestDatabase }> {
  const [source, target] = [await openTestDatabase(engine), await openTestDatabase(engine)];
  const same =
    "(8001, 'dup', 1, 1, 'x', 'same', '2024-01-01', 'plain'), (8002, 'dup2', 1, 1, 'x', 'same', '2024-01-01', 'plain')";
  const create = `CREATE TABLE t (${COLUMNS}); INSERT INTO t VALUES ${same}`;
  await source.run(`${create}; INSERT INTO t VALUES ${values(1, 400, 'new')},${values(401, 1100, 'new')};
    ${BROKEN.map((sql) => `UPDATE t SET ${sql}`).join('; ')}`);
  await target.run(
    `${create}; INSERT INTO t VALUES ${values(1, 400, 'old')},${values(1001, 1100, 'old')},${values(9001, 9001, 'old')}`,
  );
  return { source, target };
}

describe.each(availableEngines())('a repair on %s of which some rows are refused', (engine) => {
  it('applies every other row, says why each is refused, and its undo brings the target back exactly', async () => {
    const sides = await openSides(engine);
    const admin = engine === 'postgresql' ? postgresqlAdmin(sides.target.url) : mysqlAdmin(sides.target.url);
    const locker = await admin.openSession(sides.target.url);
    try {
      const file = await repairFile(sides);
      await sides.target.run(rulesOf(engine));
      const before = await dump(sides.target, ['t', 'parent', 'child']);
      await locker.run("BEGIN; UPDATE t SET state = 'locked' WHERE id = 109");
      const { result, left } = await apply(sides.target, file, { lockTimeoutMs: 300 });
      await locker.run('ROLLBACK');
      const kinds = new Set(left.map(({ reason }) => reason.replace(/'[^']*'|"[^"]*"|\d+|`[^`]*`/g, '')));
      expect(left.map(({ key }) => key.replace(/\d+/, 'n'))).toEqual(left.map(() => 'id = n'));
      expect(left.map(({ kind }) => kind)).toEqual(left.map(() => 'refused'));
      expect(result).toMatchObject({ applied: 1081, refused: 20, changed: 0, differing: 0, verified: 1081 });
      expect(kinds.size).toBeGreaterThanOrEqual(engine === 'postgresql' ? 10 : 9);
      const again = await apply(sides.target, file);
      expect(again.result).toMatchObject({ applied: 1, refused: 19, done: 1081 });
      for (const { undoPath } of [again.result, result])
        expect((await apply(sides.target, undoPath ?? '')).result).toMatchObject({ refused: 0, changed: 0 });
      expect(await dump(sides.target, ['t', 'parent', 'child'])).toEqual(before);
    } finally {
      await locker.close();
      await sides.source.drop();
      await sides.target.drop();
    }
  });
});

/** Tables whose rules an account, or a change since the file was written, makes narrower; one for each kind of refusal. */
const NARROW: Readonly<Record<'postgresql' | 'mysql', { create: string; since: string; grants: string }>> = {
  postgresql: {
    create: `CREATE TABLE part (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
      CREATE TABLE part_low PARTITION OF part FOR VALUES FROM (0) TO (10);
      CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (10) TO (100)`,
    since: 'DROP TABLE part_high; ALTER TABLE excluding ADD EXCLUDE USING gist (during WITH &&)',
    grants: `CREATE ROLE WRITER LOGIN PASSWORD 'x'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO WRITER;
      GRANT INSERT, UPDATE, DELETE ON part, excluding TO WRITER; GRANT UPDATE (a) ON narrow TO WRITER`,
  },
  mysql: {
    create: `CREATE TABLE part (id int PRIMARY KEY, n int) PARTITION BY RANGE (id)
      (PARTITION low VALUES LESS THAN (10), PARTITION high VALUES LESS THAN (100))`,
    since: 'ALTER TABLE part DROP PARTITION high',
    grants: `CREATE USER WRITER@'%' IDENTIFIED BY 'x'; GRANT SELECT ON SCHEMA.* TO WRITER@'%';
      GRANT INSERT, UPDATE, DELETE ON SCHEMA.part TO WRITER@'%'; GRANT UPDATE (a) ON SCHEMA.narrow TO WRITER@'%'`,
  },
};

describe.each(availableEngines())('rows on %s', (engine) => {
  const [source, target] = [useDatabase(engine), useDatabase(engine)];
  const isPostgresql = engine === 'postgresql';
  const { create, since, grants } = NARROW[isPostgresql ? 'postgresql' : 'mysql'];
  const writer = `w_${target.name.slice(-12)}`;
  const tables = ['part', 'narrow', ...(isPostgresql ? ['excluding'] : [])];
  afterAll(() =>
    target.run(isPostgresql ? `DROP OWNED BY ${writer}; DROP ROLE ${writer}` : `DROP USER ${writer}@'%'`),
  );

  it('are refused one by one for want of a partition, a free range, or a privilege for their columns', async () => {
    for (const { run } of [source, target]) {
      await run(`${create}; CREATE TABLE narrow (id int PRIMARY KEY, a int, b int)`);
      if (isPostgresql) await run('CREATE TABLE excluding (id int PRIMARY KEY, during int4range)');
    }
    await source.run(
      'INSERT INTO part VALUES (1, 1), (5, 5), (50, 50); INSERT INTO narrow VALUES (1, 1, 0), (2, 0, 1), (3, 1, 1)',
    );
    await target.run('INSERT INTO part VALUES (1, 0); INSERT INTO narrow VALUES (1, 0, 0), (2, 0, 0)');
    if (isPostgresql) {
      await source.run("INSERT INTO excluding VALUES (1, '[1,5)'), (2, '[3,8)'), (3, '[20,30)')");
      await target.run("INSERT INTO excluding VALUES (1, '[1,5)'), (2, '[10,12)')");
    }
    const file = await repairFile({ source, target });
    await target.run(
      `${since}; ${grants.replaceAll('WRITER', writer).replaceAll('SCHEMA.', `${target.name}.`)}`,
    );
    const before = await dump(target, tables);
    const by = new URL(target.url);
    [by.username, by.password] = [writer, 'x'];
    const { result, left } = await apply({ url: by.href }, file);
    expect(left.map(({ kind, table, reason }) => [kind, table.split('.')[1], reason])).toEqual(
      expect.arrayContaining([
        ['refused', 'part', expect.stringMatching(/no partition/i)],
        ['refused', 'narrow', expect.stringMatching(/denied/)],
        ['refused', 'narrow', expect.stringMatching(/denied/)],
        ...(isPostgresql ? [['refused', 'excluding', expect.stringMatching(/exclusion constraint/)]] : []),
      ]),
    );
    expect(left).toHaveLength(isPostgresql ? 4 : 3);
    expect(result).toMatchObject({ applied: isPostgresql ? 4 : 3, changed: 0, differing: 0 });
    await apply(target, result.undoPath ?? '');
    expect(await dump(target, tables)).toEqual(before);
  });
});
